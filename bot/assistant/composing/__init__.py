"""Words around the numbers: templates in both languages, and the pieces of an answer."""
