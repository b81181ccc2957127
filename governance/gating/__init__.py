"""From requirements and facts to gates. Pure: no Django."""

from governance.gating.evaluating import (
    MEND,
    WITHOUT_RESULT,
    evaluate,
    is_cleared,
    ready_for_review,
)
from governance.gating.facts import (
    APPROVING,
    CLOSED,
    OPEN,
    PENDING,
    CheckFact,
    Facts,
    FindingFact,
    GateView,
    QuestionFact,
    Signature,
    WaiverFact,
)
from governance.gating.slots import SlotSpec, approvals, slots, waits_for

__all__ = [
    "APPROVING",
    "CLOSED",
    "MEND",
    "OPEN",
    "PENDING",
    "WITHOUT_RESULT",
    "CheckFact",
    "Facts",
    "FindingFact",
    "GateView",
    "QuestionFact",
    "Signature",
    "SlotSpec",
    "WaiverFact",
    "approvals",
    "evaluate",
    "is_cleared",
    "ready_for_review",
    "slots",
    "waits_for",
]
