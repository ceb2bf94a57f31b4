"""Alerts of confirmed reports: results outside the range that the report itself prints.

One alert for one report. It follows the report: corrected, undone or withdrawn, it is changed
or closed.
"""
