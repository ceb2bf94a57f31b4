"""Sees what the driver really asks of residents' collections while an answer is made.

``Trail.check`` compares it with what the gate was asked: an answer that read past the gate
does not leave. Written down by hand nowhere: a new collection or resolver is watched from
its first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from bson import ObjectId
from pymongo import monitoring

from backend.access.log import trail
from backend.core.documents import ResidentOwned

# Where in a command the conditions (or the documents) stand.
_ONE = {"find": "filter", "findAndModify": "query", "count": "query", "distinct": "query"}
_MANY = {"update": ("updates", "q"), "delete": ("deletes", "q")}
_OWNER = ("resident_id", "metadata.resident_id")
_FILES = "fs.files"
_PERSONS = "residents"


class Guard(monitoring.CommandListener):
    """Notes in the trail whose data a command is about."""

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        here = trail.current()
        if here is None:
            return
        collection = event.command.get(event.command_name)
        if collection in guarded():
            for resident_id in residents_of(event.command_name, event.command):
                here.touched.setdefault(resident_id, str(collection))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """What was asked counts, not what came."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """What was asked counts, not what came."""


@cache
def guarded() -> frozenset[str]:
    """Collections of residents' data. This room's own decide about access: it reads them first."""
    own = __name__.partition(".log")[0]
    names = {
        model.Settings.name
        for model in _subclasses(ResidentOwned)
        if not model.__module__.startswith(own)
    }
    return frozenset(names | {_FILES})


def residents_of(name: str, command: Mapping[str, Any]) -> set[ObjectId]:
    """Whose data the command asks for or writes; ``UNNAMED`` where it does not say."""
    return {
        resident_id
        for condition in _conditions(name, command)
        for resident_id in _named(condition, person=command[name] == _PERSONS)
    }


def _conditions(name: str, command: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    if name in _ONE:
        return [command.get(_ONE[name]) or {}]
    if name in _MANY:
        each, condition = _MANY[name]
        return [one[condition] for one in command.get(each, ())]
    if name == "insert":
        documents: Iterable[Mapping[str, Any]] = command.get("documents", ())
        return documents
    if name == "aggregate":
        first: Mapping[str, Any] = next(iter(command["pipeline"]), {})
        return [first.get("$match", {})]
    return []


def _named(condition: Mapping[str, Any], *, person: bool) -> set[ObjectId]:
    for field in (*_OWNER, *(("_id",) if person else ())):
        wanted = condition.get(field)
        if isinstance(wanted, ObjectId):
            return {wanted}
        if isinstance(wanted, Mapping) and set(wanted) <= {"$in", "$eq"}:
            return set(wanted.get("$in", ())) | ({wanted["$eq"]} if "$eq" in wanted else set())
    metadata = condition.get("metadata")
    if isinstance(metadata, Mapping) and isinstance(metadata.get("resident_id"), ObjectId):
        return {metadata["resident_id"]}
    return {trail.UNNAMED}


def _subclasses(model: type[ResidentOwned]) -> Iterator[type[ResidentOwned]]:
    each: type[ResidentOwned]
    for each in model.__subclasses__():
        yield each
        yield from _subclasses(each)


# With the module: the driver takes listeners when a client is made, and no client is made
# before the rooms are imported.
monitoring.register(Guard())
