"""Why a command could not begin."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


class Refusal(Exception):
    """What was given cannot be used: one line that says what to mend. Exit code 3."""


def refuse_unwritable(places: Sequence[Path]) -> None:
    """Before minutes of work rather than after. Raises Refusal."""
    for place in places:
        asked = place if place.exists() else place.absolute().parent
        folder = place.absolute().parent.is_dir() and not place.is_dir()
        if str(place) == "-" or not folder or not os.access(asked, os.W_OK):
            raise Refusal(f"{place} cannot be written: name a file in a folder that exists.")
