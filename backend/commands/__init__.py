"""What the longer ``kangban`` calls do; ``backend.cli`` only parses their arguments."""
