"""The room put together."""

from __future__ import annotations

from dataclasses import dataclass

from backend.access.service import Access
from backend.archive.residents import Residents
from backend.core.container import Core
from backend.measurements.overrides import Overrides
from content.choosing.gathering import Gathering, HintSource, NoHints
from content.choosing.suggesting import Suggesting
from content.files.loading import packaged
from content.library import Library
from content.reading.figures import Figures
from content.reading.looking import Looking
from content.reading.noting import Noting
from content.reading.quizzes import Quizzes
from content.reading.rows import Rows


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that other rooms and GraphQL use of this one."""

    library: Library
    suggesting: Suggesting
    noting: Noting
    quizzes: Quizzes
    looking: Looking
    figures: Figures


def build_content(
    core: Core,
    access: Access,
    residents: Residents,
    overrides: Overrides,
    hints: HintSource | None = None,
) -> Content:
    """``hints``: what care plans and questionnaires know."""
    library = Library(packaged)
    figures = Figures()
    rows = Rows(core, access)
    looking = Looking(core, access, library)
    gathering = Gathering(core, access, residents, overrides, hints or NoHints())
    return Content(
        library=library,
        suggesting=Suggesting(core, library, gathering, looking),
        noting=Noting(core, library, rows, figures),
        quizzes=Quizzes(core, library, rows, figures),
        looking=looking,
        figures=figures,
    )
