"""Everything that changes the registry."""
