"""Health points: ledger, rules, streaks, catalogue, redemption."""
