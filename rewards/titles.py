"""What a transfer is called in a statement."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from rewards.ledger.transfer import TransferKind
from rewards.rules.rule import Words


@cache
def titles() -> dict[TransferKind, Words]:
    text = files("rewards").joinpath("data/titles.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return {kind: Words(**table[kind.value]) for kind in TransferKind}
