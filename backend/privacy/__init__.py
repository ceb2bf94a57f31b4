"""The resident's rights over their data (PIPL Art. 44-47): download, correction, deletion, what
is held and why; and the rollback of what staff changed wrongly.

Stands above every room that holds data, because a right must reach them all; rooms that it
does not know plug in an ``Exporter``. Owns the collections ``downloads``, ``erasures``,
``correction_requests`` and ``rollbacks``. Decision: docs/decisions/0007.
"""
