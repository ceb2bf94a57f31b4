"""Who may see what: circle, contracts, consent, rights, the log of who looked."""
