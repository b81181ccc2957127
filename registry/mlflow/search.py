"""Search filters and orderings as conditions on our rows: never SQL made from text.

What is not given never matches, as with MLflow: ``tags.team != 'risk'`` leaves out what has no
such tag. The one exception is its mark of prompts, see ``_without_prompts``.
Beyond MLflow's own keys one may ask for alias, owner, use_case, business_unit, state and stage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, TextField, Value

from lib.errors import Invalid
from registry.mlflow.grammar import Condition, bad, conditions, ordering
from registry.models import Alias

PROMPT: Final = "mlflow.prompt.is_prompt"
Order = list[tuple[str, bool]]
Compiled = Callable[[Condition], Q]

_PATTERNS = ("LIKE", "ILIKE")
_TEXTS = ("=", "!=", *_PATTERNS, "IN", "NOT IN")
_SIGNS = {"=": "exact", "!=": "exact", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}


class _Compares(Func):
    """``left LIKE right`` and its kin: a pattern in which only % and _ mean anything."""

    template = "(%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, left: object, sign: str, right: str) -> None:
        if sign in _PATTERNS:
            right = right.replace("\\", "\\\\")
        self.arg_joiner = f" {sign} "
        super().__init__(left, Value(right, output_field=TextField()))


def _text(path: str, *, present: Q | None = None, lists: bool = True) -> Compiled:
    """Compares the text at ``path``; ``present`` says which rows have one at all."""

    def compiled(condition: Condition) -> Q:
        return (present or Q()) & _text_condition(path, condition, lists)

    return compiled


def _text_condition(path: str, condition: Condition, lists: bool) -> Q:
    comparator, value = condition.comparator, condition.value
    known = _TEXTS if lists else _TEXTS[:4]
    if comparator not in known:
        raise _no_comparator(condition, known)
    if comparator in ("IN", "NOT IN"):
        if not isinstance(value, tuple):
            raise bad(f"“{condition.key} {comparator}” is followed by a list: ('a', 'b').")
        chosen = Q(**{f"{path}__in": value})
        return chosen if comparator == "IN" else ~chosen
    if not isinstance(value, str):
        raise bad(f"“{condition.key} {comparator}” is followed by one text in quotes.")
    if comparator in _PATTERNS:
        return Q(_Compares(F(path), comparator, value))
    return Q(**{path: value}) if comparator == "=" else ~Q(**{path: value})


def _number(path: str) -> Compiled:
    def compiled(condition: Condition) -> Q:
        if condition.comparator not in _SIGNS:
            raise _no_comparator(condition, tuple(_SIGNS))
        value = _whole(condition)
        found = Q(**{f"{path}__{_SIGNS[condition.comparator]}": value})
        return ~found if condition.comparator == "!=" else found

    return compiled


def _whole(condition: Condition) -> int:
    """The number asked for, which may stand in quotes."""
    value = condition.value
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,30}\s*", value):
        return int(value)
    if not isinstance(value, int):
        raise bad(f"“{condition.key}” is compared with a whole number.")
    return value


def _alias(column: str) -> Compiled:
    """An alias of the row is such a one; with != and NOT IN, none of them is."""
    positive = {"!=": "=", "NOT IN": "IN"}

    def compiled(condition: Condition) -> Q:
        comparator = positive.get(condition.comparator, condition.comparator)
        asked = Condition(condition.kind, condition.key, comparator, condition.value)
        rows = Alias.objects.filter(
            _text_condition("name", asked, True), **{column: OuterRef("pk")}
        )
        return Q(Exists(rows)) if comparator == condition.comparator else ~Q(Exists(rows))

    return compiled


_MODELS: Mapping[str, Compiled] = {
    "name": _text("name"),
    "alias": _alias("model"),
    "owner": _text("owner__username", present=Q(owner__isnull=False)),
    "use_case": _text("use_case", present=~Q(use_case="")),
    "business_unit": _text("business_unit", present=~Q(business_unit="")),
}
_VERSIONS: Mapping[str, Compiled] = {
    "name": _text("model__name"),
    "version_number": _number("number"),
    "run_id": _text("tracking_run", present=~Q(tracking_run="")),
    "source_path": _text("source", lists=False),
    "alias": _alias("version"),
    "owner": _text("model__owner__username", present=Q(model__owner__isnull=False)),
    "state": _text("state"),
    "stage": _text("stage"),
}
_MODEL_ORDER: Mapping[str, str] = {
    "name": "name",
    "creation_timestamp": "created_at",
    "last_updated_timestamp": "updated_at",
    "timestamp": "updated_at",
}
_VERSION_ORDER: Mapping[str, str] = {
    "name": "model__name",
    "version_number": "number",
    "creation_timestamp": "created_at",
    "last_updated_timestamp": "updated_at",
}


def models_matching(filter_text: str) -> Q:
    """The registered models that ``filter_text`` asks for. Raises Invalid."""
    return _matching(filter_text, _MODELS)


def versions_matching(filter_text: str) -> Q:
    """The model versions that ``filter_text`` asks for. Raises Invalid."""
    return _matching(filter_text, _VERSIONS)


def model_order(order_by: Sequence[str]) -> Order:
    """(field, descending) in turn, ending with the unique name. Raises Invalid."""
    return _order(order_by, _MODEL_ORDER, [("name", False)])


def version_order(order_by: Sequence[str]) -> Order:
    """(field, descending) in turn, ending with name and number. Raises Invalid."""
    order_by = order_by or ["last_updated_timestamp DESC"]
    return _order(order_by, _VERSION_ORDER, [("model__name", False), ("number", True)])


def _matching(text: str, keys: Mapping[str, Compiled]) -> Q:
    asked, prompts = _without_prompts(conditions(text))
    return Q(*(_compiled(condition, keys) for condition in asked), prompts)


def _compiled(condition: Condition, keys: Mapping[str, Compiled]) -> Q:
    if condition.kind == "tag":
        return _tag(condition)
    if condition.key not in keys:
        raise bad(
            f"Invalid attribute key '{condition.key[:80]}' specified. "
            f"Valid keys are {', '.join(keys)}, and tags.KEY."
        )
    return keys[condition.key](condition)


def _tag(condition: Condition) -> Q:
    """Equality is a containment that the index over tags answers."""
    comparator, value = condition.comparator, condition.value
    if comparator not in _TEXTS[:4]:
        raise _no_comparator(condition, _TEXTS[:4])
    if not isinstance(value, str):
        raise bad(f"The tag “{condition.key[:80]}” is compared with one text in quotes.")
    if comparator == "=":
        return Q(tags__contains={condition.key: value})
    key = Value(condition.key, output_field=TextField())
    held = Func(F("tags"), key, function="jsonb_extract_path_text", output_field=TextField())
    return Q(_Compares(held, "<>" if comparator == "!=" else comparator, value))


def _without_prompts(asked: list[Condition]) -> tuple[list[Condition], Q]:
    """Prompts are models that bear a mark, and are found only when asked for.

    The first condition on the mark decides. Unless it asks for prompts, all conditions on the
    mark come to the same: what is marked stays out, what has no mark stays in.
    """
    marks = [one for one in asked if one.kind == "tag" and one.key == PROMPT]
    if marks:
        said = (marks[0].comparator, str(marks[0].value).lower())
        if said in (("=", "true"), ("!=", "false")):
            return asked, Q()
        for mark in marks:
            _tag(mark)  # refuses what could not be asked of any tag
    return [one for one in asked if one not in marks], ~Q(tags__contains={PROMPT: "true"})


def _order(order_by: Sequence[str], fields: Mapping[str, str], last: Order) -> Order:
    found: dict[str, bool] = {}
    for clause in order_by:
        key, descending = ordering(clause)
        if key not in fields:
            known = ", ".join(fields)
            raise Invalid(
                f"Invalid order by key '{key[:80]}' specified. Valid keys are {known}.",
                errors={"order_by": f"one of {known}"},
            )
        if fields[key] in found:
            raise Invalid(
                f"`order_by` contains duplicate fields: {key} stands twice.",
                errors={"order_by": "stands twice"},
            )
        found[fields[key]] = descending
    return [*found.items(), *((field, down) for field, down in last if field not in found)]


def _no_comparator(condition: Condition, known: Sequence[str]) -> Invalid:
    what = f"tags.{condition.key}" if condition.kind == "tag" else condition.key
    return bad(
        f"“{what[:80]}” is not compared with {condition.comparator}. "
        f"Valid comparators are {', '.join(known)}."
    )


__all__ = [
    "PROMPT",
    "Order",
    "model_order",
    "models_matching",
    "version_order",
    "versions_matching",
]
