"""The log of who looked: hash-chained per resident, anchored across residents.

``Access`` notes here what it allowed; nothing is answered before that is written. Owns the
collections ``access_log``, ``access_anchors``, ``access_roots``, ``access_checkpoints``,
``access_leases`` and ``access_reports``. Why it is built so: docs/decisions/0006.
"""

from backend.access.log import guard
from backend.access.log.errors import LogUnavailable
from backend.access.log.line import By, acting
from backend.access.log.service import AccessLog

__all__ = ["AccessLog", "By", "LogUnavailable", "acting", "guard"]
