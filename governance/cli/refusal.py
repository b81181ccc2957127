"""Why a command could not begin."""

from __future__ import annotations


class Refusal(Exception):
    """What was given cannot be used: one line that says what to mend. Exit code 3."""
