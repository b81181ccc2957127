"""Who? People, their roles, service tokens and sign-in."""
