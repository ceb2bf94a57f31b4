"""Image in, ``ParsedReport`` out. No database, no web, nothing of ours: a library."""
