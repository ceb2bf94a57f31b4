"""Red flags, before anything else: rules as data, read over one question, no model.

``triage`` says which rule a question meets. A rule is met where each of its
groups is said of now: not denied, not long over, not asked about in general,
not supposed, not an idiom.
"""

from bot.assistant.triage.engine import Alarm, triage

__all__ = ["Alarm", "triage"]
