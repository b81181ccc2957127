"""HTTP plumbing shared by every room: parsing, problems, cursors, permissions."""
