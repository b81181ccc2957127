"""The inputs of a model as people fill them in, and whether what they gave can be one. Pure.

A column is declared twice: by the version's signature (which inputs, in which order) and by the
schema of its validation data (plain names, types, what they mean). The schema wins where both say
something, because the person who wrote it knew what the column means.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.errors import Invalid

MOST_TEXT = 200
LARGEST = 3.4e38  # what a model that computes in single precision can read
_NUMBERS = {"number", "float", "double", "float16", "float32", "float64", "decimal", "numeric"}
_WHOLE = {"integer", "int", "long", "short", "byte", "bigint", "int8", "int16", "int32", "int64",
          "uint8", "uint16", "uint32", "uint64"}  # fmt: skip
_TRUTHS = {"boolean", "bool"}
_TEXTS = {"text", "string", "str", "utf8", "category", "categorical", "object"}
_WHOLE_TEXT = re.compile(r"^[+-]?[0-9]{1,15}\Z")
_NUMBER_TEXT = re.compile(r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\Z")
_ASKED = {
    "number": "give a number",
    "integer": "give a whole number",
    "boolean": "say true or false",
    "text": f"give a text of at most {MOST_TEXT} characters",
    "any": "give a number, true or false, or a short text",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One input. ``kind``: number, integer, boolean, text, or any when nobody declared a type.
    ``names`` says what people call its values, where the schema does."""

    name: str
    title: str
    description: str
    kind: str
    categories: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    nullable: bool = True


def columns_of(
    inputs: Iterable[Mapping[str, Any]], schema: Iterable[Mapping[str, Any]]
) -> tuple[Column, ...]:
    """The inputs of a signature, in its order, with what the data's schema says of them."""
    declared = {str(column["name"]): column for column in schema}
    return tuple(_column(given, declared.get(str(given["name"]), {})) for given in inputs)


def _column(given: Mapping[str, Any], told: Mapping[str, Any]) -> Column:
    name = str(given["name"])
    categories = told.get("categories") or given.get("categories") or ()
    return Column(
        name=name,
        title=str(told.get("title") or given.get("title") or name.replace("_", " ").capitalize()),
        description=str(told.get("description") or given.get("description") or ""),
        kind=kind_of(str(told.get("type") or given.get("type") or "")),
        categories=tuple(str(each) for each in categories),
        names=dict(told.get("names") or {}),
        nullable=bool(told.get("nullable", True)),
    )


def kind_of(declared: str) -> str:
    """The kind that a declared type stands for; ``any`` for one that we do not know."""
    word = declared.strip().lower()
    kinds = (("integer", _WHOLE), ("number", _NUMBERS), ("boolean", _TRUTHS), ("text", _TEXTS))
    return next((kind for kind, words in kinds if word in words), "any")


def checked_values(columns: Sequence[Column], values: Mapping[str, Any]) -> dict[str, Any]:
    """One value for each column, in their order. Raises Invalid naming every wrong one.

    An empty value (null) must be given as such: what is left out may have been forgotten.
    """
    known = {column.name for column in columns}
    errors = {
        f"values.{name[:80]}": "the model has no such input" for name in values if name not in known
    }
    for column in columns:
        wrong = fault(column, values[column.name]) if column.name in values else _left_out(column)
        if wrong:
            errors[f"values.{column.name}"] = wrong
    if errors:
        raise Invalid(_summary(columns, errors), errors=errors)
    return {column.name: values[column.name] for column in columns}


def fault(column: Column, value: Any) -> str:
    """What is wrong with a value, as what to do instead; empty when nothing is."""
    if value is None:
        return "" if column.nullable else f"{_ASKED[column.kind]}: it may not be empty"
    if column.categories and as_category(value) not in column.categories:
        return f"choose one of {_listed(column.categories)}"
    kinds = {"any": ("number", "boolean", "text")}.get(column.kind, (column.kind,))
    if not any(_fits(kind, value) for kind in kinds):
        return _ASKED[column.kind]
    if isinstance(value, str):
        return _text_fault(value)
    too_large = abs(value) > LARGEST
    return "a model cannot read so large a number" if too_large else ""


def from_text(column: Column, text: str) -> Any:
    """What somebody typed into a form, as a value of the column if it can be one; ``fault`` then
    says what is wrong. An empty field is an empty text, which is a value of nothing."""
    if column.kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if column.kind in ("integer", "any") and _WHOLE_TEXT.match(text):
        return int(text)
    if column.kind in ("number", "any") and _NUMBER_TEXT.match(text):
        return float(text)
    return text


def _fits(kind: str, value: Any) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "text":
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if kind == "integer":
        return isinstance(value, int)
    return isinstance(value, int) or math.isfinite(value)


def as_category(value: Any) -> str:
    """A value as categories and names of values are declared: as text."""
    whole = isinstance(value, float) and value.is_integer()
    return (
        str(int(value)) if whole else str(value).lower() if value in (True, False) else str(value)
    )


def _text_fault(text: str) -> str:
    if not text.strip() or len(text) > MOST_TEXT:
        return _ASKED["text"]
    return "" if text.isprintable() else "leave out control characters"


def _left_out(column: Column) -> str:
    empty = ", or null when it is not known" if column.nullable else ""
    return f"is missing: {_ASKED[column.kind]}{empty}"


def _summary(columns: Sequence[Column], errors: Mapping[str, str]) -> str:
    place, wrong = next(iter(errors.items()))
    name = place.removeprefix("values.")
    title = next((column.title for column in columns if column.name == name), name)
    more = f" So are {len(errors) - 1} others." if len(errors) > 2 else ""
    more = " So is one other." if len(errors) == 2 else more
    return f"“{title}” is not as the model needs it: {wrong}.{more}"


def _listed(names: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return f"{shown} or {len(names) - most} others" if len(names) > most else shown
