"""Judging: a reading against its limits, in words a resident understands.

Pure: no database, no clock. The words are in ``data/alerts.toml``.
"""

from __future__ import annotations

from backend.measurements.judge.doubted import judge_doubted
from backend.measurements.judge.judging import judge, judge_all, with_red_flag
from backend.measurements.judge.model import Finding, Judgement, Rule

__all__ = ["Finding", "Judgement", "Rule", "judge", "judge_all", "judge_doubted", "with_red_flag"]
