from __future__ import annotations

import io
from pathlib import Path

import pytest

from backend.measurements.devices import (
    Context,
    decode_file,
    file_decoders,
    payload_decoders,
    sniff,
)
from backend.measurements.draft import Draft
from tests.measurements.devices.samples import CONTEXT, NOW, drafts, refusals, sample, source_ids


def test_decoders_have_names_of_their_own() -> None:
    names = [decoder.name for decoder in file_decoders()]
    names += [decoder.name for decoder in payload_decoders().values()]
    assert len(set(names)) == len(names)


def test_specific_formats_are_asked_before_the_general_table() -> None:
    assert file_decoders()[-1].name == "CSV"


@pytest.mark.parametrize(
    ("name", "decoder"),
    [
        ("apple_health/dogsheep.xml", "Apple Health export.xml"),
        ("apple_health/jdecool_exporter.xml", "Apple Health export.xml"),
        ("health_connect/webhook/healthconnect_weight.json", "Health Connect webhook JSON"),
        ("health_connect/webhook/healthconnect_android_mixed.json", "Health Connect webhook JSON"),
        ("health_connect/googlefit_api/googlefit-empty.json", "Google Fit JSON"),
        ("health_connect/ihealth_api/ihealth-sleep.json", "iHealth JSON"),
        ("health_connect/withings_api/withings-sleep-summary.json", "Withings JSON"),
        ("health_connect/omron_csv/omron_report.csv", "OMRON connect CSV"),
    ],
)
def test_files_are_known_by_what_is_in_them(name: str, decoder: str) -> None:
    path = sample(name)
    for filename in (path.name, "upload"):
        found = sniff(filename, path.read_bytes()[:65_536])
        assert found is not None
        assert found.name == decoder


def test_a_path_and_a_stream_give_the_same(tmp_path: Path) -> None:
    content = "时间,体重(kg)\n2026-11-03 08:00,70\n".encode()
    path = tmp_path / "体重.csv"
    path.write_bytes(content)
    by_path = list(decode_file(path, path.name, CONTEXT))
    assert source_ids(by_path) == source_ids(
        list(decode_file(io.BytesIO(content), path.name, CONTEXT))
    )
    assert len(drafts(by_path)) == 1


def test_a_file_is_read_as_it_is_asked_for() -> None:
    rows = "".join(f"2026-11-03 08:{minute:02},70\n" for minute in range(60))
    outcomes = decode_file(io.BytesIO(f"时间,体重(kg)\n{rows}".encode()), "x.csv", CONTEXT)
    assert isinstance(next(outcomes), Draft)
    assert len(drafts(list(outcomes))) == 59


def test_a_table_beyond_its_limit_is_refused() -> None:
    content = "时间,体重(kg)\n".encode() + b"\n" * 32_000_001
    (refusal,) = refusals(list(decode_file(io.BytesIO(content), "x.csv", CONTEXT)))
    assert refusal.code == "FILE_TOO_LARGE"
    assert refusal.data == {"limit_mb": 32}


def test_the_callers_device_is_shown_where_the_file_names_none() -> None:
    content = "时间,体重(kg)\n2026-11-03 08:00,70\n".encode()
    context = Context(received_at=NOW, device="浴室秤")
    (draft,) = drafts(list(decode_file(io.BytesIO(content), "x.csv", context)))
    assert draft.source.device == "浴室秤"
