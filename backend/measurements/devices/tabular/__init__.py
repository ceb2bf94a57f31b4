"""Tables (CSV and its kin) from other apps: text, rows, columns by their names, cells."""
