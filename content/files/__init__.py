"""The library's files: read, checked and refused by file, line and reason. No database."""
