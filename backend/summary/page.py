"""The page as HTML."""

from __future__ import annotations

from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from backend.summary import said
from backend.summary.model import Summary
from backend.summary.rules import say
from backend.summary.style import style


def html(summary: Summary) -> str:
    """A whole document that asks for nothing else; texts of the record are escaped."""
    language = summary.language
    return _template().render(
        summary=summary,
        style=Markup(style()),
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
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("backend.summary", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("summary.html")
