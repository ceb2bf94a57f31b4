"""Family doctors: questions that reach them, worklists, answers; care plans and follow-ups.

Owns tickets. A question comes by the asker's wish or with an answer's escalation
(``Opening``, in the transaction of what made it one), waits for the contracted doctor, their
team, then whoever is on duty (``timekeeping``), is claimed and answered (``desk``,
``answering``), and its answer is an entry of the archive. Knows nothing of the assistant.
"""
