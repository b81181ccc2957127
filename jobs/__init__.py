"""What is still to do: the one table of work that must not be lost."""
