"""Why a model could not be scored, in a sentence, and how its process behaved."""

from __future__ import annotations

from typing import Any

from governance.scoring.legible import legible

NEEDS_MEMORY = "The model needs more memory than it may have"
NO_MEMORY = (
    f"{NEEDS_MEMORY}: register a smaller one or fewer rows, or ask "
    "whoever runs the server to raise SANDBOX_MEMORY_MIB."
)


class ScoringError(Exception):
    """The model could not be scored, a sentence says why: its checks get the verdict ``error``.

    ``behaviour`` is how the child ended (the shape of ``governance.checks.case.Sandbox``), empty
    when it was never started; ``structure`` what was found wrong with the model's file itself
    (``Structure``), empty when that is not why.
    """

    def __init__(
        self,
        sentence: str,
        *,
        behaviour: dict[str, Any] | None = None,
        structure: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(legible(sentence))  # it may name columns and classes of others
        self.behaviour = behaviour or {}
        self.structure = legible(structure or {})

    @property
    def sentence(self) -> str:
        return str(self)


class UnfitData(ScoringError):
    """The data cannot be given to the model: columns or rows are missing, or cannot be read."""
