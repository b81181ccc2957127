"""REST: sessions, people, roles and tokens."""
