"""Judges that figures are on record: {recorded: true}, which any check takes.

For figures that a policy wants seen by those who sign, without a pass mark of their own: the law
has none (NYC Local Law 144), or the firm has not set one yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.checks.judgement import Judgement


def judge(evidence: Mapping[str, Any], threshold: Mapping[str, Any]) -> Judgement:
    """Pass when anything could be measured, inconclusive when nothing could."""
    measured = any(one["value"] is not None for one in evidence["measurements"])
    if measured or evidence["facts"].get("items"):
        return Judgement("pass", f"Recorded, without a limit. {evidence['sentence']}".strip())
    notes = [str(one["note"]) for one in evidence["measurements"] if one["note"]]
    said = evidence["sentence"] or (notes[0] if notes else "Nothing was measured.")
    return Judgement("inconclusive", f"Nothing could be recorded. {said}")
