"""Whether a value came as the JSON type that a field asks for: nothing is taken for something else,
so that what the trail says was sent is what was sent."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

_KINDS: Final[tuple[tuple[tuple[type, ...], tuple[type, ...], str], ...]] = (
    ((serializers.BooleanField,), (bool,), "must be true or false"),
    ((serializers.IntegerField,), (int,), "must be a whole number, without quotes"),
    ((serializers.FloatField,), (int, float), "must be a number, without quotes"),
    ((serializers.DecimalField,), (int, float, str), "must be a number"),
    (
        (
            serializers.CharField,
            serializers.UUIDField,
            serializers.DateField,
            serializers.DateTimeField,
        ),
        (str,),
        "must be a text in quotes",
    ),
)


def faults(field: Any, value: Any, path: str) -> dict[str, list[str]]:
    """What is wrong in ``value``, by path. Null is the field's own business, an object with fields
    its serializer's."""
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        inner = ((f"{path}[{position}]", item) for position, item in enumerate(value))
    elif isinstance(field, serializers.DictField) and isinstance(value, dict):
        inner = ((f"{path}.{key[:80]}", item) for key, item in value.items())
    else:
        wrong = _fault(field, value)
        return {path: [wrong]} if wrong else {}
    return {
        place: found
        for where, item in inner
        for place, found in faults(field.child, item, where).items()
    }


def _fault(field: Any, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(field, serializers.ChoiceField):
        allowed = {type(choice) for choice in field.choices}
        return "" if type(value) in allowed else f"one of {', '.join(map(str, field.choices))}"
    for fields, types, sentence in _KINDS:
        if isinstance(field, fields):
            return "" if type(value) in types else sentence
    return ""
