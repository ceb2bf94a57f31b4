"""The health assessment."""
