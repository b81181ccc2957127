"""Counting, intervals and the gate rule, written once for every check."""
