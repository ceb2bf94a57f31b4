"""The texts themselves: complete, short, in both languages, and never changed once published."""

from __future__ import annotations

import pytest

from backend.access.consent.errors import NoticeUnknown
from backend.access.consent.notices import notice, notices
from backend.access.consent.purpose import Purpose
from backend.identity.viewer import Language

PUBLISHED = {
    ("health_data", "1.0", "zh-CN"): "106872c3f8b62bad",
    ("health_data", "1.0", "en"): "61d7d8e4f8c15a55",
    ("assistant", "1.0", "zh-CN"): "9bddb9d9bb9bdd44",
    ("assistant", "1.0", "en"): "5be119c39a639fff",
    ("outside_model", "1.0", "zh-CN"): "e90f379db10fea0b",
    ("outside_model", "1.0", "en"): "a69cb3835f48b201",
    ("telegram", "1.0", "zh-CN"): "a94444a5b86a239b",
    ("telegram", "1.0", "en"): "f6bcea0ccfd03842",
    ("fcm", "1.0", "zh-CN"): "6078bf83e82702ce",
    ("fcm", "1.0", "en"): "fe2bb370eb82eaa8",
    ("research_statistics", "1.0", "zh-CN"): "9921a24b2a0fd3f3",
    ("research_statistics", "1.0", "en"): "258646f67d0bee4b",
}
"""Hashes of texts that people may have agreed to: who changes a text makes a new version."""


@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_has_a_notice_in_both_languages_with_its_law(purpose: Purpose) -> None:
    for version in notices()[purpose].versions:
        assert version.sources
        for language in Language:
            text = version.text(language)
            assert text.title
            assert text.paragraphs
            assert text.covers
            assert text.stops
        chinese = "".join(version.text(Language.ZH).paragraphs)
        assert len(chinese) <= 300, "short enough to be read by an elder on a phone"


@pytest.mark.parametrize("purpose", Purpose)
def test_versions_go_up(purpose: Purpose) -> None:
    numbers = [tuple(map(int, each.version.split("."))) for each in notices()[purpose].versions]
    assert numbers == sorted(set(numbers))


def test_what_leaves_the_country_says_so() -> None:
    abroad = {purpose for purpose, each in notices().items() if each.abroad}
    assert abroad == {Purpose.TELEGRAM, Purpose.FCM}
    for purpose in abroad:
        assert "境外" in "".join(notices()[purpose].current.text(Language.ZH).paragraphs)


def test_a_published_text_is_never_changed() -> None:
    found = {
        (purpose.value, version.version, language.value): version.text(language).digest()[:16]
        for purpose, each in notices().items()
        for version in each.versions
        for language in Language
    }
    assert found == PUBLISHED


def test_a_version_that_never_was_is_unknown() -> None:
    with pytest.raises(NoticeUnknown):
        notice(Purpose.FCM, "9.9")
