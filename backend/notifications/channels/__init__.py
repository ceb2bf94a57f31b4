"""Ways to a phone. Each is a plug-in with a declared capability; what it may say is in ``base``."""
