"""Readings, alerts and trends in GraphQL."""

from graphql_api.measurements import enums as _enums  # noqa: F401  (before any type is made)
