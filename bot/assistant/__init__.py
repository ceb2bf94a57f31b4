"""The assistant: a question in, an answer with its evidence out.

Owns triage (red flags first), understanding (what is asked, of whom, when),
typed queries (where every number comes from), retrieval of words, composing,
declining and verifying. It reads one resident's archive through
``view.ArchiveView`` and knows no store, no web and no language model:
``fhir.BundleView`` is the view over a FHIR R4 Bundle, other views live with
their stores. Its order is ``engine.Assistant.ask`` and no part can change it.
"""
