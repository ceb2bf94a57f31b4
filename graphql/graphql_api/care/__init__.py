"""Questions to the family doctor: tickets, the worklist, answers."""
