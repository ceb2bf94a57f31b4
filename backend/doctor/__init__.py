"""``kangban doctor``: what this machine has, what it lacks and how to add it.

Reads the machine and changes nothing on it. Knows ``backend.core`` only; the
command line gives it an ``Installation`` and prints the findings.
"""

from __future__ import annotations

from backend.doctor.examine import examine
from backend.doctor.finding import Finding, Installation, Status, Words

__all__ = ["Finding", "Installation", "Status", "Words", "examine"]
