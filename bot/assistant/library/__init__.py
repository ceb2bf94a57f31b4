"""What guidelines say, and plain explanations: the only knowledge not from the archive.

``Guideline/<id>`` and ``Content/<id>`` in citations are entries of the data
files here; each has its source.
"""
