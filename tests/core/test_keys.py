"""Envelope encryption: what opens, what does not, and what erasing does."""

from __future__ import annotations

from pathlib import Path

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from backend.core.clock import FixedClock
from backend.core.container import Core
from backend.core.keys import (
    BrokenSeal,
    DataKey,
    KeyDestroyed,
    Keyring,
    LocalMasterKey,
    MasterKeyUnreadable,
    OwnerKey,
)

OWNER = ObjectId("000000000000000000000001")
OTHER = ObjectId("000000000000000000000002")
DATA_KEY = bytes(range(32))


@pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm"])
@given(plain=st.binary(max_size=2_000), place=st.text(max_size=50))
def test_a_box_opens_at_its_own_place(cipher: str, plain: bytes, place: str) -> None:
    key = OwnerKey(OWNER, DATA_KEY, cipher)
    box = key.seal(plain, place)
    assert key.open(box, place) == plain
    assert key.seal(plain, place) != box


@pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm"])
def test_a_box_does_not_open_elsewhere_or_damaged(cipher: str) -> None:
    key = OwnerKey(OWNER, DATA_KEY, cipher)
    box = key.seal("张建国".encode(), "residents:1:profile")
    with pytest.raises(BrokenSeal):
        key.open(box, "residents:2:profile")
    with pytest.raises(BrokenSeal):
        OwnerKey(OTHER, DATA_KEY, cipher).open(box, "residents:1:profile")
    for position in range(len(box)):
        damaged = bytearray(box)
        damaged[position] ^= 1
        with pytest.raises(BrokenSeal):
            key.open(bytes(damaged), "residents:1:profile")
    for length in range(len(box)):
        with pytest.raises(BrokenSeal):
            key.open(box[:length], "residents:1:profile")


def test_what_one_cipher_wrote_is_read_after_changing_to_the_other() -> None:
    box = OwnerKey(OWNER, DATA_KEY, "sm4-gcm").seal(b"x", "p")
    assert OwnerKey(OWNER, DATA_KEY, "aes-256-gcm").open(box, "p") == b"x"


def test_word_tokens_differ_between_people_and_keys() -> None:
    mine, theirs = OwnerKey(OWNER, DATA_KEY), OwnerKey(OWNER, DATA_KEY[::-1])
    assert mine.token("高血压") == mine.token("高血压")
    assert mine.token("高血压") != theirs.token("高血压")
    assert mine.token("高血压") != mine.token("高血糖")


async def test_a_key_is_stored_wrapped_only(core: Core) -> None:
    owner = ObjectId()
    key = await core.keyring.create(owner)
    raw = await DataKey.get_pymongo_collection().find_one({"_id": owner})
    assert raw is not None
    assert len(raw["wrapped"]) == 12 + 32 + 16
    fresh = Keyring(LocalMasterKey.from_file(core.settings.key_file), core.clock, "aes-256-gcm")
    box = key.seal(b"x", "p")
    assert (await fresh.key(owner)).open(box, "p") == b"x"


async def test_two_who_create_one_key_get_the_same(core: Core) -> None:
    owner = ObjectId()
    first = await core.keyring.create(owner)
    second = await core.keyring.create(owner)
    assert second.open(first.seal(b"x", "p"), "p") == b"x"
    assert await DataKey.count() == 1


async def test_destroying_a_key_ends_reading(core: Core) -> None:
    owner = ObjectId()
    await core.keyring.create(owner)
    await core.keyring.destroy(owner)
    with pytest.raises(KeyDestroyed):
        await core.keyring.key(owner)
    raw = await DataKey.get_pymongo_collection().find_one({"_id": owner})
    assert raw is not None
    assert raw["wrapped"] is None
    assert raw["destroyed_at"] == core.clock.now()


async def test_another_master_key_opens_nothing(core: Core, tmp_path: Path) -> None:
    owner = ObjectId()
    await core.keyring.create(owner)
    stranger = LocalMasterKey.from_file(tmp_path / "other.key", create=True)
    with pytest.raises(MasterKeyUnreadable):
        await Keyring(stranger, core.clock, "aes-256-gcm").key(owner)


async def test_rotation_puts_a_new_line_on_top(
    core: Core, tmp_path: Path, clock: FixedClock
) -> None:
    owner = ObjectId()
    box = (await core.keyring.create(owner)).seal(b"x", "p")
    path = core.settings.key_file
    newer = LocalMasterKey.from_file(tmp_path / "newer.key", create=True)
    assert newer is not None
    path.write_text((tmp_path / "newer.key").read_text() + path.read_text())
    rotated = Keyring(LocalMasterKey.from_file(path), clock, "aes-256-gcm")
    assert (await rotated.key(owner)).open(box, "p") == b"x"
    assert rotated.blind_index("phone", "1") == core.keyring.blind_index("phone", "1")


def test_the_key_file_is_private_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    LocalMasterKey.from_file(path, create=True)
    text = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    LocalMasterKey.from_file(path, create=True)
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["", "nonsense!", "c2hvcnQ="])
def test_a_damaged_key_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(text)
    with pytest.raises(MasterKeyUnreadable):
        LocalMasterKey.from_file(path)
    with pytest.raises(MasterKeyUnreadable):
        LocalMasterKey.from_file(tmp_path / "missing.key")
