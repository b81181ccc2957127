"""A witness: follows the checkpoints of a log from outside, and remembers. No Django."""
