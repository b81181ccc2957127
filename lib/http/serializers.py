"""Serializers that refuse what they do not know."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from rest_framework import serializers

from lib.errors import Invalid
from lib.http.json_types import faults
from lib.http.query import zoned_time


class StrictSerializer(serializers.Serializer[Any]):
    """Unknown fields are an error, so that a misspelt field is never silently dropped, and so is
    another JSON type than a field's."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                known = ", ".join(self.fields)
                raise serializers.ValidationError(
                    {name[:80]: [f"unknown field; known are {known}"] for name in unknown}
                )
            wrong: dict[str, Any] = {}
            for name, value in data.items():
                wrong |= faults(self.fields[name], value, name)
            if wrong:
                raise serializers.ValidationError(wrong | self._other_faults(data, wrong))
        return super().to_internal_value(data)

    def _other_faults(self, data: dict[str, Any], wrong: dict[str, Any]) -> dict[str, Any]:
        """What else there is to mend, so that it takes one go."""
        try:
            super().to_internal_value(data)
        except serializers.ValidationError as error:
            found: dict[str, Any] = dict(error.detail)  # type: ignore[arg-type]
            mended = {re.split(r"[.\[]", path)[0] for path in wrong}
            return {name: detail for name, detail in found.items() if name not in mended}
        return {}


SLUG: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}\Z"


class SlugField(serializers.RegexField):
    """A name that can stand in an address: letters, digits, ``. _ -``, at most 120."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            SLUG,
            error_messages={
                "invalid": "use letters, digits, dot, underscore and hyphen; at most 120"
            },
            trim_whitespace=False,  # a name is taken as it was sent, or refused
            **kwargs,
        )


class DigestField(serializers.RegexField):
    """A SHA-256 as 64 lower-case hex digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            r"^[0-9a-f]{64}\Z",
            error_messages={"invalid": "a SHA-256 as 64 lower-case hex digits"},
            trim_whitespace=False,  # a name is taken as it was sent, or refused
            **kwargs,
        )


class ZonedTimeField(serializers.DateTimeField):
    """A time that says in which zone, as in a query; it comes out in UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            return zoned_time(str(self.field_name), value).astimezone(UTC)
        except (Invalid, OverflowError) as error:
            raise serializers.ValidationError("a time with a zone (ISO 8601)") from error


class ObjectField(serializers.DictField):
    """Any JSON object."""

    default_error_messages = {"not_a_dict": "must be a JSON object"}


class Reason(StrictSerializer):
    """The body of an act that needs a reason and nothing else."""

    reason = serializers.CharField(max_length=5000)
