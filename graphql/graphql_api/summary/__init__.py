"""The summary for the doctor."""
