"""Composition root: the only module that knows every room."""

from __future__ import annotations

from backend.access.relations import Relation
from backend.core import container

DOCUMENTS = (*container.DOCUMENTS, Relation)
"""Every document of every room."""
