"""REST: use cases, value, policies, releases, decisions, authorizations, verdicts."""
