"""Alert rules: when a judged reading becomes an alert, joins one, or makes a trend.

Pure: no database, no clock. Pacing and trends are data in ``data/alerts.toml``.
"""

from __future__ import annotations

from backend.measurements.alert_rules.dedupe import (
    Action,
    Decision,
    Judged,
    OpenAlert,
    has_lapsed,
    should_alert,
)
from backend.measurements.alert_rules.points import Point
from backend.measurements.alert_rules.trends import judge_trends

__all__ = [
    "Action",
    "Decision",
    "Judged",
    "OpenAlert",
    "Point",
    "has_lapsed",
    "judge_trends",
    "should_alert",
]
