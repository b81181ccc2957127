"""What to do about a check that did not pass, for somebody with files and no server. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance import next_steps
from governance.checks import catalog
from governance.scoring.failing import NEEDS_MEMORY

if TYPE_CHECKING:
    from governance.cli.check_given import Prepared
    from governance.cli.check_outcome import Result


_MEND = "Mend the model or its data, and check again."


def steps(result: Result, prepared: Prepared, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Sentences; none for a check that passed."""
    if result.verdict == "error":
        return tuple(_mending(result, prepared, facts))
    missing = _missing(result, prepared) if result.verdict == "inconclusive" else []
    if result.verdict == "inconclusive":
        told = [] if missing else next_steps.settling(result.judgement)
        return (*missing, *told, _signing(result.asked))
    if result.verdict == "fail":
        return (
            *next_steps.failing(result.judgement),
            _MEND,
        )
    return ()


def lacking(result: Result, prepared: Prepared) -> list[str]:
    """Options for the files that the check asks for and nobody gave."""
    needs, given = catalog.all_checks()[result.check_id].needs, prepared.given
    wanted = (
        ("training", given.training, "--training FILE, the rows that the model was trained on"),
        ("reference", given.reference, "--reference FILE (or --training FILE)"),
        (
            "champion",
            given.champion.model,
            "--champion FILE, the model that this one would replace",
        ),
    )
    return [
        flag
        for need, there, flag in wanted
        if there is None and any(one.startswith(need) for one in needs)
    ]


def _missing(result: Result, prepared: Prepared) -> list[str]:
    return [f"Give {flag}." for flag in lacking(result, prepared)]


def _mending(result: Result, prepared: Prepared, facts: Mapping[str, Any]) -> list[str]:
    if missing := _missing(result, prepared):
        return missing
    if facts.get("unscored") == result.sentence:
        if (facts.get("behaviour") or {}).get("timed_out"):
            return ["Give it more time with --seconds, or make the model faster."]
        if result.sentence.startswith(NEEDS_MEMORY):
            return ["Give it more with --memory, or give it fewer rows."]
        return [
            "Mend the model, or name its inputs in its own order with --features: nothing that "
            "asks for its answers could be measured."
        ]
    if not prepared.given.validation.schema and "columns" in result.sentence:
        return ["Declare the columns in a file and give it with --describe FILE."]
    return ["Mend what the sentence names, in the policy, the data or the model, and check again."]


def _signing(asked: Mapping[str, Any]) -> str:
    if asked.get("on_inconclusive") == "second_signature":
        return (
            f"At the server, the {asked['second_signer']} may sign a second time for going ahead, "
            f"for {asked['conditional_days']} days at most."
        )
    return "The policy lets nothing through that is too close to call."
