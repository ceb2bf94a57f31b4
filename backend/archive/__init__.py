"""The health archive: one person, one record, for life.

Owns the collections ``residents``, ``entries`` and ``entry_versions``: the
profile and every entry of every section, with source, provenance and version
history; the timeline and search over them; FHIR R4 in and out. Entered
through ``service.py``.
"""
