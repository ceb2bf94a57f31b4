"""Double-entry, append-only: every transfer moves whole points from one account to another.

A transfer is one document with both of its sides, in the chain of the resident whom it
concerns. A resident's balance is what their transfers say; programme, expiry, reserved and
merchants' accounts are sums over transfers, so that no document is everybody's.
"""
