"""The summary for the doctor: one page of the record for somebody with two minutes.

Owns no collection. Reads through archive's and measurements' services, says in a fixed
order what changed since the last visit, and draws it as HTML and as PDF. Above archive and
measurements; entered by ``backend.web`` and ``graphql_api``.
"""
