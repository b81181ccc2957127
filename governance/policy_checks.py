"""Whether a policy may name this check with these parameters and this threshold. Pure."""

from __future__ import annotations

from typing import Any

from governance.checks import catalog, judge


def problems_with(check: str, parameters: dict[str, Any], threshold: dict[str, Any]) -> list[str]:
    """What is wrong, a sentence each; empty when the check can be run and judged so."""
    known = catalog.all_checks()
    if check not in known:
        return [f"there is no check “{check}”; there are {', '.join(known)}"]
    return [
        *known[check].problems(parameters),
        *judge.validate_threshold(check, threshold),
    ]
