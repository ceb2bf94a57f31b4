"""Health points: ledger, rules, streaks, catalogue, redemption.

Owns what moves points and what may be bought with them. Hears of readings, entries and
reports by events only. ``ledger`` knows neither rules nor vouchers; ``rules`` are pure.
"""
