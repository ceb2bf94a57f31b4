"""From a question understood to a draft of its answer, one module per kind of question."""
