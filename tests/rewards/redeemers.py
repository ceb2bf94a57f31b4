"""A process of its own that redeems for many people at once, until it is killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bson import ObjectId

from backend.core.clock import FixedClock
from backend.core.container import build_core
from backend.core.database import connect
from backend.core.keys import LocalMasterKey
from backend.core.settings import Settings
from backend.documents import DOCUMENTS
from backend.identity.viewer import Role, Viewer
from backend.services import build_services
from tests.conftest import NOW


async def main(uri: str, database: str, data_dir: Path, offer: ObjectId, people: list[str]) -> None:
    store = await connect(uri, database)
    await store.prepare(DOCUMENTS, indexes=False)
    settings = Settings(environment="test", data_dir=data_dir, demo=True, _env_file=None)
    master = LocalMasterKey.from_file(data_dir / "keys" / "master.key", create=False)
    services = build_services(build_core(settings, store, master, FixedClock(NOW)))

    async def redeem(line: str) -> None:
        account, resident = map(ObjectId, line.split())
        viewer = Viewer(account_id=account, roles=frozenset({Role.RESIDENT}))
        await services.points.vouchers.reserve(
            viewer, resident, offer, idempotency_key=str(ObjectId())
        )
        sys.stdout.write("reserved\n")
        sys.stdout.flush()

    await asyncio.gather(*map(redeem, people), return_exceptions=True)
    await asyncio.sleep(60)  # until it is killed


if __name__ == "__main__":
    uri, database, data_dir, offer, listed = sys.argv[1:]
    people = Path(listed).read_text("utf-8").splitlines()
    asyncio.run(main(uri, database, Path(data_dir), ObjectId(offer), people))
