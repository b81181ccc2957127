"""REST: the registry under /api/v1, one module a noun."""
