"""Share links: a part of the record for a hospital, an insurer or another doctor.

Owns the collections ``share_payloads`` and ``share_opens``; the links themselves are
``backend.access.sharing``'s. A link follows SMART Health Links
(https://hl7.org/fhir/uv/smart-health-cards-and-links): what is shared is encrypted when the
link is made, with a key that stands in the link's fragment and nowhere in the store
(docs/decisions/0008). Above archive and measurements, whose data it takes; entered by
``backend.web`` and ``graphql_api``.
"""
