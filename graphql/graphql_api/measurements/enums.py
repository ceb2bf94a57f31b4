"""The closed sets of measurements, named once before any type uses them."""

from __future__ import annotations

from backend.measurements import batch
from backend.measurements import trends as domain
from backend.measurements.draft import Kind, Meal
from backend.measurements.judge import Rule
from backend.measurements.thresholds import Direction, Level
from graphql_api.common.mirror import enum

enum(Kind, name="MeasurementKind")
enum(Meal)
enum(batch.Outcome, name="BatchOutcome")
enum(domain.Period, name="TrendPeriod")
enum(domain.Slot, name="TrendSlot")
enum(Level, name="AlertLevel")
enum(Rule, name="AlertRule")
enum(Direction, name="AlertDirection")
