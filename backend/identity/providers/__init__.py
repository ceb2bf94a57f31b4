"""Who vouches for whom: one module for each way to sign in, behind one protocol."""

from backend.identity.providers.base import (
    Credential,
    Provider,
    ProviderIdentity,
    Providers,
)

__all__ = ["Credential", "Provider", "ProviderIdentity", "Providers"]
