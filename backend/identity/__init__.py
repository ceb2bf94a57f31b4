"""Who somebody is: accounts, sign-in providers, sessions and devices, roles.

Owns the collections ``accounts``, ``sign_ins``, ``sessions``,
``sign_in_attempts``, ``staff_secrets`` and ``institution_clients``. Knows
nothing of residents' data; whose data an account may see is ``access``'s
matter. Others enter through ``service.IdentityService`` and ``viewer``.
"""
