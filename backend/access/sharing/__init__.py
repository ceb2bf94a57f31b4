"""Share links as a way of access: owns the collection ``share_links``, which holds nothing
of the record. What a link gives, and how it is made and opened: ``backend.sharing``.
"""
