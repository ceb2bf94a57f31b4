"""The assistant: questions, answers with their evidence, conversations."""
