"""The page as a file, drawn beside the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from bson import ObjectId

from backend.identity.viewer import Viewer
from backend.summary.address import Form, SummaryRequest
from backend.summary.building import Summaries
from backend.summary.model import Summary


class SummaryFiles:
    """HTML and PDF for a viewer, through the policy."""

    def __init__(self, summaries: Summaries) -> None:
        self._summaries = summaries
        # One at a time in a process: embedding a Chinese font takes the processor.
        self._drawing = ThreadPoolExecutor(1, thread_name_prefix="summary")

    async def file(self, viewer: Viewer, resident_id: ObjectId, wanted: SummaryRequest) -> bytes:
        """Raises as ``Summaries.summary``, and ``SummaryFontMissing``."""
        summary = await self._summaries.summary(viewer, resident_id, wanted.since)
        draw = _html if wanted.form is Form.HTML else _pdf
        return await asyncio.get_running_loop().run_in_executor(self._drawing, draw, summary)


# What draws is imported when somebody wants a page: fonts and templates are a third of a second
# of every start otherwise.
def _html(summary: Summary) -> bytes:
    from backend.summary.page import html

    return html(summary).encode()


def _pdf(summary: Summary) -> bytes:
    from backend.summary.pdf import pdf

    return pdf(summary)
