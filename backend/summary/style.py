"""The page's style, and what a browser may load beside it: nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files


@cache
def content_security_policy() -> str:
    """Nothing from anywhere but the page's own style, by its hash."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


@cache
def style() -> str:
    return files("backend.summary").joinpath("templates/summary.css").read_text("utf-8")
