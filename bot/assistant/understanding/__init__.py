"""What is asked: text made plain, time windows, data kinds, persons, the kind of question."""
