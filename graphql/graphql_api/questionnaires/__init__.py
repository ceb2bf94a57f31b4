"""Questionnaires: what is asked, filling in, results and trends."""
