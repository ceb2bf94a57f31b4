"""What an app team builds on: schema, operations, error codes."""
