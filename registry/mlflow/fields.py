"""What a request may say: fields of a JSON body, or of a query where something is only read.

As the protocol has it, null stands for nothing, a field that nobody knows is passed over, and so is
a query parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import parse_qs

from django.http import HttpRequest

from lib.errors import Invalid
from lib.http.parser import loads, refuse_unstorable

Given = dict[str, Any]
Kind = Literal["text", "version", "number", "flag", "tags", "texts", "object", "objects"]
MOST_FIELDS: Final = 1_000
DESCRIPTION: Final = 5_000
SOURCE: Final = 4_096
_HIGHEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Field:
    """``longest`` counts characters of a text; 0 is no limit but that of the body. ``given`` holds
    None for what was not said."""

    name: str
    kind: Kind = "text"
    required: bool = False
    longest: int = 0


NAME: Final = Field("name", required=True)
VERSION: Final = Field("version", "version", required=True)
KEY: Final = Field("key", required=True)
VALUE: Final = Field("value")
ALIAS: Final = Field("alias", required=True)
TAGS: Final = Field("tags", "tags")
TEXT: Final = Field("description", longest=DESCRIPTION)
SEARCH: Final = (
    Field("filter"),
    Field("max_results", "number"),
    Field("order_by", "texts"),
    Field("page_token"),
)


def read(request: HttpRequest, fields: Sequence[Field]) -> Given:
    """The declared fields, each as its kind. Raises Invalid in the words of the protocol, and what
    Django raises for a body that is too large."""
    if request.method in ("GET", "HEAD") and request.META.get("QUERY_STRING"):
        said = _query(request.META["QUERY_STRING"], fields)
    else:
        said = _body(request)
    return {field.name: _value(field, said.get(field.name)) for field in fields}


def _query(text: str, fields: Sequence[Field]) -> Mapping[str, Any]:
    try:
        found = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Invalid(f"A query holds at most {MOST_FIELDS} parameters.") from error
    many = {field.name for field in fields if field.kind == "texts"}
    return {name: values if name in many else values[0] for name, values in found.items()}


def _body(request: HttpRequest) -> Mapping[str, Any]:
    raw = request.body
    if not raw:
        return {}
    if request.content_type not in ("application/json", ""):
        raise Invalid("Bad Request. Content-Type must be application/json.")
    value = loads(raw)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid("The body is a JSON object.")
    return value


def _value(field: Field, value: Any) -> Any:
    if value is None or (value == "" and field.required):
        if field.required:
            raise Invalid(
                f"Missing value for required parameter '{field.name}'.",
                errors={field.name: "required"},
            )
        return None
    return _READERS[field.kind](field, value)


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise wrong(field.name, "a text")
    refuse_unstorable(value, field.name)
    if field.longest and len(value) > field.longest:
        raise wrong(field.name, f"at most {field.longest} characters")
    return value


def _version(field: Field, value: Any) -> int:
    """A number or a text of one."""
    try:
        if isinstance(value, str) or type(value) is int:
            return max(-_HIGHEST, min(int(value), _HIGHEST))
    except ValueError:
        pass
    raise Invalid(
        f"Parameter '{field.name}' must be an integer, got '{str(value)[:100]}'.",
        errors={field.name: "a whole number"},
    )


def _number(field: Field, value: Any) -> int:
    try:
        if type(value) is int or (isinstance(value, str) and len(value) < 20):
            return int(value)
    except ValueError:
        pass
    raise wrong(field.name, "a whole number")


def _flag(field: Field, value: Any) -> bool:
    found = {"true": True, "false": False}.get(str(value).lower())
    if found is None or not isinstance(value, str | bool):
        raise wrong(field.name, "true or false")
    return found


def _tags(field: Field, value: Any) -> dict[str, str]:
    """A list of {key, value}; of one key the last counts."""
    found: dict[str, str] = {}
    for item in _objects(field, value):
        key, text = item.get("key"), item.get("value")
        if not isinstance(key, str) or not isinstance(text, str | None):
            raise wrong(field.name, "a list of objects with the texts “key” and “value”")
        found[key] = text or ""
    return found


def _texts(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise wrong(field.name, "a list of texts")
    for each in value:
        refuse_unstorable(each, field.name)
    return value


def _objects(field: Field, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise wrong(field.name, "a list of objects")
    return value


def _object(field: Field, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(field.name, "an object")
    return value


_READERS: Final[Mapping[Kind, Callable[[Field, Any], Any]]] = {
    "text": _text,
    "version": _version,
    "number": _number,
    "flag": _flag,
    "tags": _tags,
    "texts": _texts,
    "object": _object,
    "objects": _objects,
}


def wrong(name: str, due: str) -> Invalid:
    """The error of a field that is not ``due``."""
    return Invalid(f"Invalid value for parameter '{name}': it is {due}.", errors={name: due})
