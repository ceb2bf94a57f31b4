"""What a resolver is given: the viewer and the services; nothing of the web."""

from __future__ import annotations

from typing import Any, TypeAlias

import strawberry
from strawberry.litestar import BaseContext

from backend.core.errors import KangbanError
from backend.identity.errors import TokenMissing
from backend.identity.viewer import Language, Viewer
from backend.services import Services
from graphql_api.common.loaders import Loaders


class Context(BaseContext, kw_only=True):
    """One HTTP request's, or one WebSocket connection's.

    ``refusal`` is why there is no viewer; it is raised by the first field that
    needs one, so that public fields work without a token.
    """

    services: Services
    language: Language = Language.ZH
    signed_in: Viewer | None = None
    refusal: KangbanError | None = None
    address: str = ""
    connection_params: dict[str, Any] | None = None
    loaders: Loaders | None = None

    @property
    def viewer(self) -> Viewer:
        """Raises the refusal, or ``TOKEN_MISSING`` where no token came."""
        if self.signed_in is None:
            raise self.refusal or TokenMissing()
        return self.signed_in

    @property
    def load(self) -> Loaders:
        """The request's dataloaders."""
        if self.loaders is None:
            self.loaders = Loaders(self.services, self.viewer)
        return self.loaders


Info: TypeAlias = strawberry.Info[Context, None]
