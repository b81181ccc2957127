"""REST under /api/v1/audit/."""
