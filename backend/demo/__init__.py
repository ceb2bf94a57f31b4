"""The demo household: a family and a doctor's panel that nobody has ever met.

Owns nothing: everything goes in through the other rooms' services, as people and
machines would send it. ``household(anchor)`` is pure and made from seeded
generators; ``load_demo`` brings it into a store and, at every later start, adds
the days since. Persons, dates and rhythms are data in ``data/``; every name and
number there is invented.
"""
