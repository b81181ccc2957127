"""The pages of the registry that need no word from the rooms above."""
