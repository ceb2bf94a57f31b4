"""From tokens on a page to rows and cells: lines, columns, tables, values, ranges."""
