"""Judges that figures are on record: {recorded: true}, which any check takes.

For figures that a policy wants seen by those who sign, without a pass mark of their own: the law
has none (NYC Local Law 144), or the firm has not set one yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.judgement import Judgement


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    """Pass when anything could be measured, or there is nothing to measure (``facts["none"]``: no
    champion yet); inconclusive when something stood in the way."""
    facts, said = evidence["facts"], str(evidence["sentence"])
    measured = any(one["value"] is not None for one in evidence["measurements"])
    if measured or facts.get("items") or facts.get("none"):
        return Judgement("pass", f"{facts.get('none') or said} (On record, without a limit.)")
    notes = [str(one["note"]) for one in evidence["measurements"] if one["note"]]
    why = said or (notes[0] if notes else "Nothing was measured.")
    return Judgement("inconclusive", f"Nothing could be recorded. {why}")
