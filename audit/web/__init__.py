"""The pages of the audit trail: reading, never writing."""
