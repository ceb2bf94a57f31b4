"""The content library, what suits a resident, and what they did with it."""
