"""A FHIR R4 Bundle as an archive: read tolerantly, one reader per kind of resource.

What a resource does not say is left out; what cannot be read is left alone.
The service's import validates; here an answer must come from any Bundle.
"""

from bot.assistant.fhir.bundle import BundleView, load_bundle

__all__ = ["BundleView", "load_bundle"]
