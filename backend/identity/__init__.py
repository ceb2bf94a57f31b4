"""Who somebody is: accounts, sign-in providers, sessions and devices, roles.

Owns the collections ``accounts``, ``sign_ins``, ``sessions``. Knows nothing
of residents' data; whose data an account may see is ``access``'s matter.
"""
