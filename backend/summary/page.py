"""The page as HTML."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from backend.summary import said
from backend.summary.model import Summary
from backend.summary.rules import say


def html(summary: Summary) -> str:
    """A whole document that asks for nothing else; texts of the record are escaped."""
    language = summary.language
    return _template().render(
        summary=summary,
        style=Markup(_style()),
        say=lambda key: say(key, language),
        more=partial(said.more, language=language),
        who=said.who(summary),
        made=said.made(summary),
        withheld=said.withheld(summary),
        heads=said.heads(language),
        indicators=[
            said.indicator_row(each, language)
            for each in (summary.indicators.shown if summary.indicators else ())
        ],
        labs=[
            said.lab_row(each, language) for each in (summary.labs.shown if summary.labs else ())
        ],
    )


@cache
def content_security_policy() -> str:
    """Nothing from anywhere but the page's own style, by its hash."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _style() -> str:
    return files("backend.summary").joinpath("templates/summary.css").read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("backend.summary", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("summary.html")
