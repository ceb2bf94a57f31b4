"""The rules file: refused as a whole, with line and reason, before anything starts."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from rewards.errors import RulesFileInvalid
from rewards.rules.parsing import Unfit, rule_of
from rewards.rules.rule import Rule

OPERATORS_FILE = Path("rewards") / "rules.toml"
"""Below the data directory: stands in place of the file that comes with the program."""

_AT_LINE = re.compile(r"^(?P<reason>.*) \(at line (?P<line>\d+), column \d+\)$", re.DOTALL)
_RULE = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_TABLE = re.compile(r"\s*\[")


def load(data_dir: Path) -> tuple[Rule, ...]:
    """The operator's own rules where there are some. Raises ``RulesFileInvalid``."""
    own = data_dir / OPERATORS_FILE
    if not own.exists():
        packaged = files("rewards").joinpath("data/rules.toml").read_text("utf-8")
        return read(packaged, "rules.toml")
    try:
        return read(own.read_text("utf-8"), own.name)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RulesFileInvalid(file=own.name, line=line, reason="not UTF-8") from error


def read(text: str, name: str) -> tuple[Rule, ...]:
    """Raises ``RulesFileInvalid`` with the line of the first fault."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(text, name, str(error)) from error
    for key in table:
        if key not in ("source", "rule"):
            raise RulesFileInvalid(
                file=name, line=_line_of(text, 0, key), reason=f"unknown field {key}"
            )
    raws = table.get("rule")
    if not isinstance(raws, list) or not all(isinstance(each, dict) for each in raws):
        line = _line_of(text, 0, "rule")
        raise RulesFileInvalid(file=name, line=line, reason="there is no [[rule]]")
    return _rules(text, name, raws)


def _rules(text: str, name: str, raws: list[dict[str, Any]]) -> tuple[Rule, ...]:
    starts = [n for n, line in enumerate(text.splitlines(), 1) if _RULE.match(line)]
    starts += [1] * (len(raws) - len(starts))  # written as an inline array
    found: dict[str, Rule] = {}
    for start, raw in zip(starts, raws, strict=True):
        try:
            rule = rule_of(raw)
            if rule.key in found:
                raise Unfit("key", f"the key {rule.key} is there already")
        except Unfit as fault:
            line = _line_of(text, start, fault.field) if fault.field else start
            raise RulesFileInvalid(file=name, line=line, reason=fault.reason) from fault
        found[rule.key] = rule
    return tuple(found.values())


def _line_of(text: str, start: int, field: str) -> int:
    """The line that sets ``field`` in the table beginning at ``start``, else ``start``."""
    assigned = re.compile(rf"\s*[\"']?{re.escape(field)}[\"']?\s*=")
    headed = re.compile(rf"\s*\[+\s*{re.escape(field)}\b")
    for number, line in enumerate(text.splitlines()[start:], start + 1):
        if assigned.match(line) or headed.match(line):
            return number
        if start and _TABLE.match(line):
            break
    return max(start, 1)


def _syntax(text: str, name: str, message: str) -> RulesFileInvalid:
    match = _AT_LINE.match(message)
    if match is None:
        return RulesFileInvalid(file=name, line=max(text.count("\n"), 1), reason=message)
    return RulesFileInvalid(file=name, line=int(match["line"]), reason=match["reason"])
