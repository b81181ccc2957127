"""What people write behind an option, read. Each raises ArgumentTypeError with what is expected."""

from __future__ import annotations

import json
import re
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from imprimatur_client.errors import BadInput
from imprimatur_client.files import unreadable
from imprimatur_client.results import DatasetUse

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(s|m|h|d)?\Z")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_USE = re.compile(r"([a-z]+)=([^=@\s]+)@v?([1-9][0-9]{0,8})\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def duration(text: str) -> float:
    """“30m”, “90”, “1.5h” in seconds."""
    found = _DURATION.match(text.strip())
    if not found:
        raise ArgumentTypeError(f"“{text}” is no time: say 90s, 30m or 2h")
    return float(found.group(1)) * _SECONDS[found.group(2) or "s"]


def dataset_use(text: str) -> DatasetUse:
    """“validation=loans@3”."""
    found = _USE.match(text)
    if not found:
        raise ArgumentTypeError(f"“{text}”: say ROLE=NAME@NUMBER, such as validation=loans@3")
    return DatasetUse(found.group(2), int(found.group(3)), found.group(1))


def pair(text: str) -> tuple[str, str]:
    """“name=value”."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ArgumentTypeError(f"“{text}”: say NAME=VALUE")
    return name.strip(), value


def number_pair(text: str) -> tuple[str, float]:
    """“auc=0.83”."""
    name, value = pair(text)
    try:
        found = float(value)
    except ValueError:
        raise ArgumentTypeError(f"“{text}”: {value or 'nothing'} is no number") from None
    if found != found or found in (float("inf"), float("-inf")):
        raise ArgumentTypeError(f"“{text}”: JSON knows no {value}")
    return name, found


def document(text: str) -> tuple[str, Path]:
    """“model_card=card.md”."""
    kind, place = pair(text)
    if not place:
        raise ArgumentTypeError(f"“{text}”: say KIND=PATH, such as model_card=card.md")
    return kind, Path(place)


def file(text: str) -> tuple[str, Path]:
    """A path, or “name in the version=path”. A file whose own name holds “=” is taken as it is."""
    name, sign, place = text.partition("=")
    if not sign or Path(text).exists():
        return "", Path(text)
    if not name or not place:
        raise ArgumentTypeError(f"“{text}”: say PATH, or NAME=PATH")
    return name, Path(place)


def digest(text: str) -> str:
    found = text.strip().lower()
    if not _DIGEST.match(found):
        raise ArgumentTypeError("a version's digest has 64 hex digits")
    return found


def json_file(place: Path, what: str) -> Any:
    """The content of a JSON file. Raises BadInput with the line that is wrong."""
    try:
        return json.loads(place.read_bytes())
    except OSError as error:
        raise unreadable(place, error) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadInput(f"{place} ({what}) is not JSON: {error.msg} at {where}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{place} ({what}) is not text.") from None


def named(files: list[tuple[str, Path]]) -> list[Any]:
    """As ``collected`` takes them: renamed ones as a mapping, the others as they are."""
    return [{name: place} if name else place for name, place in files]
