"""What every provider is: it turns a credential into an identity, or refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from backend.identity.errors import ProviderUnavailable
from backend.identity.sign_ins import ProviderName


@runtime_checkable
class Credential(Protocol):
    """What somebody shows; a frozen dataclass without ``repr``, as it is a secret."""

    provider: ClassVar[ProviderName]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProviderIdentity:
    """Whom the provider vouches for.

    ``subjects``: the names it knows them by, the steadiest-in-this-app first.
    ``welcomes``: whether somebody unknown gets an account (a resident's).
    """

    provider: ProviderName
    subjects: tuple[str, ...]
    welcomes: bool = False
    display_name: str | None = None
    phone: str | None = None


C = TypeVar("C", bound=Credential, contravariant=True)


class Provider(Protocol[C]):
    name: ClassVar[ProviderName]

    def attempt_subject(self, credential: C) -> str | None:
        """Whose lock-out an attempt counts towards; None where the credential names nobody."""
        ...

    async def verify(self, credential: C) -> ProviderIdentity:
        """Whom the credential stands for. Raises the provider's own errors."""
        ...


@runtime_checkable
class Closing(Protocol):
    """A provider that holds connections."""

    async def close(self) -> None: ...


class Providers:
    """The ways to sign in that this server is set up for."""

    def __init__(self, providers: Iterable[Provider[Any]]) -> None:
        self._by_name = {each.name: each for each in providers}

    def for_(self, credential: Credential) -> Provider[Any]:
        """Raises ``ProviderUnavailable``."""
        return self.named(credential.provider)

    def named(self, name: ProviderName) -> Provider[Any]:
        """Raises ``ProviderUnavailable``."""
        found = self._by_name.get(name)
        if found is None:
            raise ProviderUnavailable(provider=name.value)
        return found

    async def close(self) -> None:
        for each in self._by_name.values():
            if isinstance(each, Closing):
                await each.close()

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[ProviderName]:
        return iter(self._by_name)
