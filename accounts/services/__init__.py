"""Everything that changes people, roles or tokens."""
