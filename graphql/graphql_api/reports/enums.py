"""The closed sets of reports, named once before any type uses them."""

from __future__ import annotations

from enum import StrEnum
from typing import get_args

from backend.archive.sections.result import Flag
from backend.reports.documents import JobState, ReportState, Step
from backend.reports.names import PatientMatch
from graphql_api.common.mirror import enum
from ocr.model import Kind

PaperKind = StrEnum("PaperKind", {each.upper(): each for each in get_args(Kind)})  # type: ignore[misc]
"""What sort of paper it is."""

enum(Flag, name="ResultFlag")
enum(PaperKind, name="PaperKind")
enum(ReportState, name="PaperReportState")
enum(JobState, name="ReportReadingState")
enum(Step, name="ReportStep")
enum(PatientMatch)
