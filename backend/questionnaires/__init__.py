"""Questionnaires (问卷): forms as data files, one engine, results that join the archive.

Owns the collection ``questionnaire_responses``. A form (``data/*.toml``) says what is asked of
whom, how it is scored and what may not wait; ``asking`` and ``scoring`` are pure. Finishing one
writes a QuestionnaireResponse and an Observation into the archive in the same transaction, and
an answer that may not wait (PHQ-9 item 9) opens a ticket at once. Entered through ``wiring.py``.
"""
