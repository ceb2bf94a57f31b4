"""Files of other apps and services, one module each.

A module that declares ``DECODERS`` is found by the registry.
"""
