"""What every folder of the schema uses: context, ids, errors, limits, mirrored types."""
