"""From a ``mongod`` that listens to a primary that knows our user."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import OperationFailure

from backend.core.embedded.process import REPLICA_SET

USER = "kangban"
UNAUTHORIZED, AUTHENTICATION_FAILED, ALREADY_INITIALIZED = 13, 18, 23
NOT_YET_INITIALIZED = 94
PAUSE = 0.02

Client = MongoClient[dict[str, Any]]


class CredentialsRejected(Exception):
    """Users exist, and ours is not among them with our password."""


@dataclass(frozen=True, slots=True)
class Member:
    """The one member: where it listens and how we sign in."""

    port: int
    password: str

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def uri(self) -> str:
        """With the password in it: for the driver, never for a log.

        By the set's name, not ``directConnection``: so the driver waits for a
        primary, where a direct one fails at a member that just comes back.
        """
        return (
            f"mongodb://{USER}:{quote(self.password, safe='')}@{self.host}/"
            f"?authSource=admin&replicaSet={REPLICA_SET}"
        )

    def client(self, *, signed_in: bool) -> Client:
        who = f"{USER}:{quote(self.password, safe='')}@" if signed_in else ""
        return MongoClient(
            f"mongodb://{who}{self.host}/?directConnection=true",
            serverSelectionTimeoutMS=2000,
            socketTimeoutMS=10_000,
        )


def make_ready(member: Member, keep_waiting: Callable[[], None]) -> None:
    """Listening, initiated, primary, user made; ``keep_waiting`` raises when it is hopeless.

    Whatever an earlier, interrupted start left undone is done here, so it may
    be called any number of times.
    """
    _until_listening(member.port, keep_waiting)
    with member.client(signed_in=False) as stranger:
        if "setName" not in stranger.admin.command("hello"):
            _join(member, stranger, keep_waiting)
        while not stranger.admin.command("hello")["isWritablePrimary"]:
            keep_waiting()
            time.sleep(PAUSE)
        if not _signs_in(member):
            _create_user(member, stranger)


def _until_listening(port: int, keep_waiting: Callable[[], None]) -> None:
    """By plain TCP: after a refusal the driver would wait half a second before it tries again."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
            return
        except OSError:
            keep_waiting()
            time.sleep(PAUSE)


def _join(member: Member, stranger: Client, keep_waiting: Callable[[], None]) -> None:
    """Initiate the set, or rename its only member when the port has changed.

    No ``setName`` means one of three: never initiated (nobody can sign in
    yet), initiated under another port ("not a member"), or still loading the
    set's configuration, which takes a moment after it listens.
    """
    if not _signs_in(member):
        _initiate(member, stranger)
        return
    while (config := _config(member)) is None:
        keep_waiting()
        time.sleep(PAUSE)
    if config["members"][0]["host"] != member.host:
        config["members"][0]["host"] = member.host
        config["version"] += 1
        with member.client(signed_in=True) as client:
            client.admin.command({"replSetReconfig": config, "force": True})


def _config(member: Member) -> dict[str, Any] | None:
    """The set's configuration, None while it is not loaded."""
    try:
        with member.client(signed_in=True) as client:
            config: dict[str, Any] = client.admin.command("replSetGetConfig")["config"]
            return config
    except OperationFailure as error:
        if error.code == NOT_YET_INITIALIZED:
            return None
        raise


def _initiate(member: Member, stranger: Client) -> None:
    config = {"_id": REPLICA_SET, "members": [{"_id": 0, "host": member.host}]}
    try:
        stranger.admin.command("replSetInitiate", config)
    except OperationFailure as error:
        if error.code == UNAUTHORIZED:
            raise CredentialsRejected from error
        if error.code != ALREADY_INITIALIZED:
            raise


def _signs_in(member: Member) -> bool:
    try:
        with member.client(signed_in=True) as client:
            client.admin.command("ping")
            return True
    except OperationFailure as error:
        if error.code == AUTHENTICATION_FAILED:
            return False
        raise


def _create_user(member: Member, stranger: Client) -> None:
    """By the localhost exception, which ends with the first user there is."""
    try:
        stranger.admin.command(
            "createUser",
            USER,
            pwd=member.password,
            roles=["root"],
            mechanisms=["SCRAM-SHA-256"],
            writeConcern={"w": "majority"},
        )
    except OperationFailure as error:
        if error.code == UNAUTHORIZED:
            raise CredentialsRejected from error
        raise
