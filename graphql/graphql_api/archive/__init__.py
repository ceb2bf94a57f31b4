"""The resident, the archive's sections, timeline and search in GraphQL."""
