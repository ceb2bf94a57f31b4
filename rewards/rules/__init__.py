"""What earns points: rules as data, and the points that evidence deserves. No database."""
