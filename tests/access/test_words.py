"""Recorders in words, for every way that there is to record."""

from __future__ import annotations

import pytest

from backend.access.relations import Kinship, RelationKind
from backend.access.words import recorded_by_words, who


@pytest.mark.parametrize(
    ("relation", "kinship", "zh", "en"),
    [
        ("self", None, "本人记录", "recorded by the resident"),
        ("caregiver", "daughter", "女儿代录", "recorded by daughter"),
        ("guardian", "mother", "母亲代录", "recorded by mother"),
        ("guardian", None, "监护人代录", "recorded by guardian"),
        ("doctor", None, "医生记录", "recorded by doctor"),
        ("institution", None, "机构记录", "recorded by institution"),
        ("console", None, "console记录", "recorded by console"),
    ],
)
def test_a_recorder_reads_in_both_languages(
    relation: str, kinship: str | None, zh: str, en: str
) -> None:
    assert recorded_by_words(relation, kinship, "zh-CN") == zh
    assert recorded_by_words(relation, kinship, "en") == en


def test_every_kinship_and_relation_has_its_own_word() -> None:
    for language in ("zh-CN", "en"):
        kinships = {who("caregiver", each.value, language) for each in Kinship}
        assert len(kinships) == len(Kinship)
        assert not kinships & {each.value for each in Kinship if "_" in each.value}
        assert len({who(each.value, None, language) for each in RelationKind}) == len(RelationKind)
