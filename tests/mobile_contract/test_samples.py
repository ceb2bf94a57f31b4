"""The sample payloads are what the operations ask for and the schema answers."""

from __future__ import annotations

import copy
import json
import tomllib
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema

from mobile_contract import FOLDER, operations
from tests.mobile_contract.fitting import Fitting

SAMPLES = FOLDER / "samples"
CODES = {each["code"] for each in json.loads((FOLDER / "errors.json").read_text("utf-8"))["errors"]}
REFUSED = {
    "refused_without_a_session": "TOKEN_MISSING",
    "record_reading_refused": "TIME_IN_FUTURE",
    "correct_reading_changed_meanwhile": "CHANGED_MEANWHILE",
    "refused_for_a_stranger": "ACCESS_DENIED",
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((FOLDER / "schema.graphql").read_text("utf-8"))


@pytest.fixture(scope="module")
def samples() -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text("utf-8")) for path in SAMPLES.glob("*.json")}


def test_every_sample_is_of_the_story_and_fits_its_operation(
    schema: GraphQLSchema, samples: dict[str, dict[str, Any]]
) -> None:
    story = tomllib.loads((SAMPLES / "story.toml").read_text("utf-8"))["sample"]
    assert sorted(samples) == sorted(each.get("name", each["operation"]) for each in story)
    texts = operations()
    faults = {
        name: Fitting(schema, texts[sample["operation"]]).faults(sample)
        for name, sample in samples.items()
    }
    wrong = {name: found for name, found in faults.items() if found}
    assert wrong == {}, "scripts/write_samples.py plays them again"


def test_refusals_are_shown_and_all_else_went_well(samples: dict[str, dict[str, Any]]) -> None:
    refused = {
        name: [each["extensions"]["code"] for each in sample["answer"]["errors"]]
        for name, sample in samples.items()
        if "errors" in sample["answer"]
    }
    assert refused == {name: [code] for name, code in REFUSED.items()}
    assert set(REFUSED.values()) <= CODES


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("variables", "residentId"), None),
        (("variables", "kinds"), ["MOON"]),
        (("variables", "more"), 1),
        (("answer", "data", "resident", "id"), None),
        (("answer", "data", "resident", "name"), 7),
        (("answer", "data", "resident", "latestReadings", 0, "kind"), "MOON"),
        (("answer", "data", "resident", "latestReadings"), {}),
        (("answer", "data", "resident", "more"), 1),
        (("answer", "data"), None),
    ],
)
def test_a_sample_that_does_not_fit_is_found(
    schema: GraphQLSchema,
    samples: dict[str, dict[str, Any]],
    path: tuple[str | int, ...],
    value: Any,
) -> None:
    broken: Any = copy.deepcopy(samples["home"])
    place = broken
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert len(Fitting(schema, operations()["home"]).faults(broken)) == 1
