"""What happens to consent."""

from __future__ import annotations

from typing import ClassVar

from backend.access.consent.purpose import Purpose
from backend.core.outbox import Event


class ConsentChanged(Event):
    """Given or withdrawn. What depends on it asks the store itself at every use."""

    name: ClassVar[str] = "consent_changed"
    purpose: Purpose
    given: bool
