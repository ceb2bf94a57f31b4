"""All pathways. Read once; a mistake in any stops the start."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files

from backend.care.plans.errors import PathwayFileInvalid
from backend.care.plans.parsing import line_of, parse
from backend.care.plans.pathway import Pathway


class Book:
    """Pathways by key. A plan goes on with the content that it was started with."""

    def __init__(self, found: Mapping[str, str]) -> None:
        """``found``: the files' texts by name. Raises ``PathwayFileInvalid``."""
        parsed = [(parse(name, text), name, text) for name, text in sorted(found.items())]
        self._texts = {each.key: (name, text) for each, name, text in parsed}
        self._pathways = {each.key: each for each, _, _ in parsed}
        if len(self._pathways) != len(found):
            raise PathwayFileInvalid(sorted(found)[0], 1, "a key stands in two files")

    @property
    def pathways(self) -> Iterable[Pathway]:
        return self._pathways.values()

    def get(self, key: str) -> Pathway | None:
        return self._pathways.get(key)

    def check(
        self, *, pieces: Collection[str], topics: Collection[str], forms: Collection[str]
    ) -> None:
        """What other rooms must know: slugs, topics, questionnaires. Raises
        ``PathwayFileInvalid``."""
        for key, pathway in self._pathways.items():
            for number, lesson in enumerate(pathway.lesson):
                self._known(key, ("lesson", number, "pieces"), lesson.pieces, pieces)
                self._known(key, ("lesson", number, "topics"), lesson.topics, topics)
            for number, form in enumerate(pathway.questionnaire):
                self._known(key, ("questionnaire", number, "key"), (form.key,), forms)

    def _known(
        self,
        pathway: str,
        place: tuple[str | int, ...],
        names: Iterable[str],
        known: Collection[str],
    ) -> None:
        for each in names:
            if each not in known:
                name, text = self._texts[pathway]
                reason = f"{'.'.join(map(str, place))}: there is no {each}"
                raise PathwayFileInvalid(name, line_of(text, place), reason)


@cache
def book() -> Book:
    """The pathways that come with the program. Raises ``PathwayFileInvalid``."""
    folder = files(__package__).joinpath("data", "pathways")
    found = [each for each in folder.iterdir() if each.name.endswith(".toml")]
    return Book({each.name: each.read_text("utf-8") for each in found})
