"""A dataset version that holds counts and no rows: taken only from a key that is known here.

Whoever counted where the rows lie has signed the numbers (``imprimatur count``); the public halves
that are believed stand in the setting COUNTS_KEYS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from lib import signed
from lib.errors import Invalid
from registry.artifacts import store

LARGEST: Final = 64 * 1024**2


@dataclass(frozen=True)
class Signed:
    """``key``: the short name of the key that signed; ``rows``: how many rows were counted."""

    key: str
    rows: int


def verified(manifest: Sequence[Mapping[str, Any]]) -> Signed | None:
    """Who signed the counts file of a manifest; None when it has none.

    Raises Invalid when it is not signed by a known key, is not alone, or is too large.
    """
    named = [str(file["path"]) for file in manifest]
    found = [place for place, path in enumerate(named) if path.endswith(signed.COUNTS_ENDING)]
    if not found:
        return None
    place = found[0]
    if len(manifest) > 1:
        raise _wrong(place, "stands alone in its dataset version: counts are not mixed with rows")
    if manifest[place]["size"] > LARGEST:
        raise _wrong(place, f"has more than {LARGEST:,} bytes, too many for counts")
    with store().open(str(manifest[place]["digest"])) as file:
        envelope = file.read()
    try:
        payload, key = signed.verified(envelope, signed.COUNTS_TYPE, settings.COUNTS_KEYS)
        return Signed(key, int(json.loads(payload)["counts"]["rows"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        why = str(error) if isinstance(error, signed.BadEnvelope) else "it tells no number of rows"
        raise _wrong(
            place,
            f"is not taken: {why}. Sign it with imprimatur count --key, and have the operator add "
            "the public half to COUNTS_KEYS",
        ) from error


def _wrong(place: int, why: str) -> Invalid:
    return Invalid(f"The counts file {why}.", errors={f"manifest[{place}]": why})
