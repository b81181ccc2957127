"""Governance: what is allowed, on what evidence, and by whom."""
