"""OMRON connect's e-mailed report, English and Chinese."""

from __future__ import annotations

from backend.measurements.devices.tabular.decoder import TableDecoder

_SYSTEM = "omron-csv"

DECODERS = (
    TableDecoder(
        "OMRON connect CSV",
        rank=50,
        system=_SYSTEM,
        marks=frozenset({"systolic", "diastolic", "pulse", "truread"}),
    ),
    TableDecoder(
        "OMRON connect CSV (中文)",
        rank=50,
        system=_SYSTEM,
        marks=frozenset({"日期", "时间", "收缩压", "舒张压", "脉搏", "truread"}),
    ),
)
