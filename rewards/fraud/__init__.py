"""Signs that points are earned by something else than what they are for.

They go to an operator's list and take nothing from anybody.
"""
