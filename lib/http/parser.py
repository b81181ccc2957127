"""The one JSON parser: limits that keep bad input a 400 that names the place."""

from __future__ import annotations

import json
import re
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.parsers import BaseParser, JSONParser

from lib.errors import Invalid, TooLarge

MAX_DEPTH = 32
MAX_INTEGER = 2**53
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


class StrictJSONParser(JSONParser):
    """Refuses what the database, JavaScript or a canonical form cannot carry.

    Limits: ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes, depth 32, integers within 2^53, no duplicate
    keys, no NUL, no lone surrogate, no NaN or infinity (RFC 8259, RFC 7493 I-JSON).
    """

    def parse(self, stream: IO[Any], media_type: Any = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(f"A JSON body may have at most {limit} bytes.")
        return loads(raw)


def loads(raw: bytes) -> Any:
    """Parses ``raw``; raises Invalid with the JSON path of what is wrong."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"The body is not UTF-8 (byte {error.start}).") from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except RecursionError as error:
        raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Invalid(f"The body is not JSON: {error.msg} at {where}.") from error
    _walk(value, "", 1)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise Invalid("A key stands twice in one object.", errors={key[:80]: "given twice"})
        result[key] = value
    return result


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise Invalid(f"The integer {text[:20]} is beyond 2^53: send it as a string.")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Invalid(f"The number {text[:20]} is too large.")
    return value


def _constant(text: str) -> NoReturn:
    raise Invalid(f"{text} is not JSON.")


def _walk(value: Any, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid(f"The body is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        refuse_unstorable(value, path)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _walk(item, f"{path}[{position}]", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            refuse_unstorable(key, f"{path}.(key)".lstrip("."))
            _walk(item, f"{path}.{key}".lstrip("."), depth + 1)


def refuse_unstorable(text: str, path: str) -> None:
    """Raises Invalid when ``text`` holds a NUL or a lone surrogate."""
    if _FORBIDDEN.search(text):
        where = path[:80].encode("utf-8", "replace").decode().replace("\x00", "")
        raise Invalid(
            "Text may hold neither NUL nor lone surrogates.",
            errors={where or "(body)": "holds a NUL or a lone surrogate"},
        )


class Unread(BaseParser):
    """For addresses that take a file as their body and read it themselves. Somebody who is signed
    in has the body parsed before that, in search of a token against forged requests."""

    media_type = "*/*"

    def parse(self, stream: IO[Any], media_type: Any = None, parser_context: Any = None) -> Any:
        return {}
