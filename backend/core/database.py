"""The store: one MongoDB replica set, its documents and transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import structlog
from beanie import Document, init_beanie
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from backend.core.errors import Unavailable

log = structlog.get_logger(__name__)
T = TypeVar("T")
Raw = dict[str, Any]
Session = AsyncClientSession

_MAJORITY = WriteConcern(w="majority", j=True)
_DUPLICATE_KEY = 11000
_NAMESPACE_EXISTS = 48
_OLDEST_WIRE_VERSION = 17  # MongoDB 6.0


class StandaloneRefused(Unavailable):
    code = "MONGODB_STANDALONE"
    zh = "MongoDB 是单机模式，没有事务和变更流。请改为副本集（一个成员也可以）后重试。"
    en = (
        "This MongoDB is a standalone server: no transactions, no change streams. "
        "Start it as a replica set (one member is enough: --replSet rs0, rs.initiate())."
    )


class MongoTooOld(Unavailable):
    code = "MONGODB_TOO_OLD"
    zh = "MongoDB 版本过低，需要 6.0 或更新版本。"
    en = "This MongoDB is too old: 6.0 or newer is needed."


class MongoUnreachable(Unavailable):
    code = "MONGODB_UNREACHABLE"
    zh = "连接不上 MongoDB，请检查地址和网络后重试。"
    en = "MongoDB does not answer; check the address and the network."


class Store:
    """A connected database. Reads and writes are majority, journaled."""

    def __init__(self, client: AsyncMongoClient[Raw], name: str) -> None:
        self.client = client
        self.db: AsyncDatabase[Raw] = client.get_database(
            name,
            codec_options=CodecOptions(
                tz_aware=True, uuid_representation=UuidRepresentation.STANDARD
            ),
            write_concern=_MAJORITY,
        )

    async def check(self) -> None:
        """Raises ``MongoUnreachable``, ``StandaloneRefused`` or ``MongoTooOld``."""
        try:
            hello = await self.client.admin.command("hello")
        except PyMongoError as error:
            log.warning("mongodb unreachable", error=type(error).__name__)
            raise MongoUnreachable from error
        check_topology(hello)

    async def transaction(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Run ``work`` in one transaction; transient errors and unknown commits are retried.

        ``work`` may run several times: it must do nothing but database work. A broken
        invariant is a ``DuplicateKeyError``, of a batch as well.
        """
        async with self.client.start_session() as session:
            try:
                return await session.with_transaction(
                    work, read_concern=ReadConcern("snapshot"), write_concern=_MAJORITY
                )
            except BulkWriteError as error:
                codes = {each["code"] for each in error.details.get("writeErrors", ())}
                if codes == {_DUPLICATE_KEY}:
                    raise DuplicateKeyError("in a batch", _DUPLICATE_KEY) from None
                raise

    async def prepare(self, models: Sequence[type[Document]], *, indexes: bool = True) -> None:
        """Bind the models; create collections and their named indexes where they are missing."""
        await init_beanie(database=self.db, document_models=list(models), skip_indexes=True)
        if indexes:
            await self._create_indexes(models)

    async def _create_indexes(self, models: Sequence[type[Document]]) -> None:
        # One createIndexes command a collection: it creates the collection as well, which a
        # transaction could do only at the price of a catalogue lock.
        await asyncio.gather(*(self._indexes_of(model) for model in models))

    async def _indexes_of(self, model: type[Document]) -> None:
        collection = model.get_pymongo_collection()
        wanted = [each.index for each in model.get_settings().indexes or []]
        if wanted:
            await collection.create_indexes(wanted)
        elif collection.name not in await self.db.list_collection_names():
            try:
                await self.db.create_collection(collection.name, check_exists=False)
            except OperationFailure as error:
                if error.code != _NAMESPACE_EXISTS:  # another process came first
                    raise

    async def close(self) -> None:
        await self.client.close()


def store_at(uri: str, name: str, *, timeout_ms: int = 10_000) -> Store:
    """A store that connects with its first command; ``Store.check`` is a good first one."""
    client: AsyncMongoClient[Raw] = AsyncMongoClient(
        uri,
        appname="kangban",
        serverSelectionTimeoutMS=timeout_ms,
        retryWrites=True,
        tz_aware=True,
    )
    return Store(client, name)


async def connect(uri: str, name: str, *, timeout_ms: int = 10_000) -> Store:
    """A checked store. Raises as ``Store.check`` does, with nothing left open."""
    store = store_at(uri, name, timeout_ms=timeout_ms)
    try:
        await store.check()
    except Unavailable:
        await store.close()
        raise
    return store


def check_topology(hello: Mapping[str, Any]) -> None:
    """Refuse what cannot do transactions and change streams, from the server's own ``hello``."""
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise StandaloneRefused
    if hello.get("maxWireVersion", 0) < _OLDEST_WIRE_VERSION:
        raise MongoTooOld
