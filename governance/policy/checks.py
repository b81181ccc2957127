"""Whether a policy may name this check with these parameters and this threshold. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from governance.checks import catalog, judge

_QUOTED = re.compile("'([^']*)'")


def problems_with(
    check: str, parameters: dict[str, Any], threshold: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """What is wrong, as (“check”, “parameters” or “threshold”; the key in it or none; a sentence);
    empty when the check can be run and judged so."""
    known = catalog.all_checks()
    if check not in known:
        return [("check", "", f"there is no check “{check}”; there are {', '.join(known)}")]
    return [
        *_placed("parameters", parameters, known[check].problems(parameters)),
        *_placed("threshold", threshold, judge.validate_threshold(check, threshold)),
    ]


def _placed(
    where: str, given: Mapping[str, Any], sentences: Iterable[str]
) -> list[tuple[str, str, str]]:
    """A sentence about one key begins by quoting it."""
    placed = []
    for sentence in sentences:
        quoted = _QUOTED.search(sentence)
        key = quoted[1] if quoted and quoted[1] in given else ""
        placed.append((where, key, sentence))
    return placed
