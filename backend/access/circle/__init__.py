"""The care circle: invitations that both sides confirm, guardians, and the links they lead to."""
