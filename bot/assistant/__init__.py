"""The assistant: triage, understanding, typed queries, retrieval, composing, verifying."""
