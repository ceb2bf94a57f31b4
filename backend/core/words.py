"""Words for searching sealed text: what is written becomes tokens, tokens become keyed hashes.

Chinese text has no spaces: every character and every pair of neighbours is a
token, so that any substring can be asked for. Latin words and numbers are
tokens with their beginnings from three letters on. Words that jieba finds
give their pinyin initials as well (高血压: ``py:gxy``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]+|[a-z0-9][a-z0-9.+%/-]*")
_SHORTEST_PREFIX = 3
_LONGEST_PREFIX = 12
_INITIALS = range(2, 9)  # how many characters a word has whose initials people type
MOST_TOKENS = 600


def fold(text: str) -> str:
    """Full-width, case and compatibility forms made one."""
    return unicodedata.normalize("NFKC", text).casefold()


def tokens(text: str) -> set[str]:
    """All tokens by which ``text`` shall be found; at most 600, the first ones."""
    found: dict[str, None] = {}
    folded = fold(text)
    for token in _all_tokens(folded):
        found[token] = None
        if len(found) >= MOST_TOKENS:
            break
    return set(found)


def query_tokens(query: str) -> list[set[str]]:
    """For each word of the query the tokens of which at least one must be there."""
    wanted: list[set[str]] = []
    for run in _RUN.findall(fold(query)):
        if not run.isascii():
            wanted.extend({token} for token in (_pairs(run) if len(run) > 1 else [run]))
        elif run.isalpha() and len(run) in _INITIALS:
            wanted.append({run[:_LONGEST_PREFIX], f"py:{run}"})
        else:
            wanted.append({run[:_LONGEST_PREFIX]})
    return wanted


def matches(text: str, query: str) -> bool:
    """Whether ``text`` really holds every word of the query (hashes may collide)."""
    folded = fold(text)
    for run in _RUN.findall(fold(query)):
        if run in folded:
            continue
        if not (run.isascii() and run.isalpha() and run in set(_initials(folded))):
            return False
    return True


def _all_tokens(folded: str) -> Iterator[str]:
    for run in _RUN.findall(folded):
        if run.isascii():
            yield run[:_LONGEST_PREFIX]
            for end in range(_SHORTEST_PREFIX, min(len(run), _LONGEST_PREFIX)):
                yield run[:end]
        else:
            yield from run
            yield from _pairs(run)
    for initials in _initials(folded):
        yield f"py:{initials}"


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)]


def _initials(folded: str) -> Iterator[str]:
    for run in _RUN.findall(folded):
        if run.isascii():
            continue
        for word in _cut(run):
            if len(word) in _INITIALS:
                yield _initials_of(word)


@lru_cache(maxsize=20_000)
def _initials_of(word: str) -> str:
    from pypinyin import Style, lazy_pinyin  # 20 MB: loaded when the first Chinese text comes

    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))


@lru_cache(maxsize=2_000)
def _cut(run: str) -> tuple[str, ...]:
    import jieba

    jieba.setLogLevel(60)
    # The whole run as well: a drug or disease jieba does not know is mostly a run of its own.
    return (*jieba.cut_for_search(run), run)
