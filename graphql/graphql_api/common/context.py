"""What a resolver is given: the viewer and the services; nothing of the web."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
import strawberry
from strawberry.litestar import BaseContext

from backend.core.errors import KangbanError
from backend.identity.errors import TokenMissing
from backend.identity.viewer import Language, Viewer
from backend.services import Services
from graphql_api.common.budget import Budget
from graphql_api.common.loaders import Loaders
from graphql_api.common.streams import Streams


class Context(BaseContext, kw_only=True):
    """One HTTP request's, or one operation's of a WebSocket connection.

    ``refusal`` is why there is no viewer; it is raised by the first field that
    needs one, so that public fields work without a token. Without a ``budget``
    (calls inside the process) nothing is paid.
    """

    services: Services
    language: Language = Language.ZH
    signed_in: Viewer | None = None
    refusal: KangbanError | None = None
    address: str = ""
    budget: Budget | None = None
    streams: Streams = msgspec.field(default_factory=Streams)
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

    def spend(self, points: int) -> None:
        """Raises ``RATE_LIMITED`` or ``OPERATION_TOO_COSTLY``."""
        if self.budget is None:
            return
        if self.signed_in is not None:
            self.budget.spend_as_account(self.signed_in.account_id, points)
        else:
            self.budget.spend_as_address(self.address, points)


Info: TypeAlias = strawberry.Info[Context, None]
