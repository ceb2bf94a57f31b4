"""Who may see what: relations, consent, the policy, the log of who looked.

Owns the collection ``relations``. Every service of every room asks
``policy`` before it touches a resident's data; nothing else decides.
"""
