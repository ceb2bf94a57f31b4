"""Any table whose columns have names that we know."""

from __future__ import annotations

from backend.measurements.devices.tabular.decoder import TableDecoder

DECODERS = (TableDecoder("CSV", rank=100, system="csv"),)
