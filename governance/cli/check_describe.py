"""The file of ``--describe``: the options and the columns of a CI job, in one place."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from governance.cli.check_options import OPTIONS, Asked, Option, size_of
from governance.cli.refusal import Refusal
from governance.counting.files import ENDING
from lib.errors import Invalid
from registry import rules

_LONGEST = 4 * 1024**2
_COLUMN: Mapping[str, tuple[type, ...]] = {  # what the registry's schema says of a column
    "name": (str,), "type": (str,), "title": (str,), "description": (str,),
    "minimum": (int, float), "maximum": (int, float), "nullable": (bool,), "categories": (list,),
    "names": (dict,), "known_at": (str,), "derived_from": (list,), "monotone": (str,),
    "unit_factor": (int, float), "quasi_identifier": (bool,),
}  # fmt: skip
_ONE_OF = {"known_at": ("before", "after"), "monotone": ("increasing", "decreasing")}


def read(path: Path) -> dict[str, Any]:
    """The options it holds, by their keys in ``Asked``. Files are named from where it lies.

    Raises Refusal naming the key that is wrong.
    """
    found = _parsed(path)
    known = {option.name: option for option in OPTIONS if option.described}
    told: dict[str, Any] = {}
    for name, value in found.items():
        if name == "columns":
            told["columns"] = _columns(value, path)
        elif name not in known:
            raise Refusal(
                f"{path.name}: there is no option “{name}”; there are "
                f"{', '.join([*known, 'columns'])}."
            )
        elif value is not None:
            told[known[name].key] = _value(known[name], value, path)
    return told


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LONGEST:
            raise Refusal(f"{path} is longer than {_LONGEST:,} bytes: is it the right file?")
        text = path.read_text()
        found = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        said = " ".join(str(error).split())[:200]
        raise Refusal(f"{path} is neither YAML nor JSON: {said}.") from error
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise Refusal(f"{path} must hold options by name, such as “label: approved”.")
    return found


def _value(option: Option, value: Any, path: Path) -> Any:
    where, plain = f"{path.name}: {option.name}", isinstance(value, (str, int, float))
    if option.name == "favourable":
        if not plain:
            raise Refusal(f"{where} must be one value.")
        return value
    if option.kind in ("list", "texts"):
        return _texts(value, where)
    if option.kind in ("file", "files"):
        files = [path.parent / name for name in _texts(value, where)]
        if option.kind == "file" and len(files) != 1:
            raise Refusal(f"{where} must name one file.")
        return files if option.kind == "files" else files[0]
    if option.kind in ("number", "whole"):
        kinds: tuple[type, ...] = (int,) if option.kind == "whole" else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise Refusal(f"{where} must be a {'whole ' * (option.kind == 'whole')}number.")
        return value
    if option.kind == "size":
        try:
            return size_of(str(value))
        except argparse.ArgumentTypeError as error:
            raise Refusal(f"{where}: {error}.") from error
    if not isinstance(value, str) or (option.choices and value not in option.choices):
        listed = f"one of {', '.join(option.choices)}" if option.choices else "a text"
        raise Refusal(f"{where} must be {listed}.")
    return value


def _texts(value: Any, where: str) -> list[str]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
        raise Refusal(f"{where} must be a text or a list of texts.")
    return given


def _columns(value: Any, path: Path) -> list[dict[str, Any]]:
    """Declarations of columns, in the shape of the registry's schema."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Refusal(f"{path.name}: columns must be a list, such as “- name: income”.")
    for place, column in enumerate(value):
        where = f"{path.name}: columns[{place}]"
        if not isinstance(column.get("name"), str) or not column["name"]:
            raise Refusal(f"{where} needs a name.")
        for key, given in column.items():
            if wrong := _fault(key, given):
                raise Refusal(f"{where}.{key} ({column['name']}): {wrong}.")
    try:
        rules.check_schema(value, {})
    except Invalid as error:
        raise Refusal(f"{path.name}: {error.detail}") from error
    return [{key: _as_registered(key, one) for key, one in column.items()} for column in value]


def _as_registered(key: str, given: Any) -> Any:
    """A declaration in the types in which the registry keeps it, so that evidence is the same."""
    if key == "names":
        return {str(value): str(name) for value, name in given.items()}
    if key in ("categories", "derived_from"):
        return [str(one) for one in given]
    return float(given) if key in ("minimum", "maximum", "unit_factor") else given


def _fault(key: Any, given: Any) -> str:
    if key not in _COLUMN:
        return f"there is no such key; there are {', '.join(_COLUMN)}"
    kinds = _COLUMN[key]
    if not isinstance(given, kinds) or (isinstance(given, bool) and bool not in kinds):
        words = {str: "a text", bool: "true or false", list: "a list", dict: "a mapping"}
        return f"must be {words.get(kinds[0], 'a number')}"
    if key in _ONE_OF and given not in _ONE_OF[key]:
        return f"must be {' or '.join(_ONE_OF[key])}"
    return ""


def refuse_nonsense(asked: Asked) -> None:
    """Raises Refusal for what can be seen to be wrong without opening a file."""
    if not asked.policy:
        raise Refusal("Say by which rules: --policy policy.yaml (it may be given several times).")
    if asked.data is None:
        raise Refusal("Say on which rows: --data validation.parquet.")
    decided = asked.score or asked.prediction or asked.data.name.endswith(ENDING)
    if asked.model is None and not decided:
        raise Refusal(
            "Say which model: --model model.onnx; or, when there are only predictions, which "
            "column of the data has them: --score COLUMN."
        )
    if asked.counts_key is not None and not asked.data.name.endswith(ENDING):
        raise Refusal(f"--counts-key is for a counts file, and {asked.data.name} is none.")
    for name in ("threshold", "champion_threshold"):
        value = getattr(asked, name)
        if value is not None and not 0 <= value <= 1:
            raise Refusal(f"--{name.replace('_', '-')} is a score from 0 to 1, not {value:g}.")
    if asked.tier not in (None, 1, 2, 3):
        raise Refusal(f"--tier is 1, 2 or 3, not {asked.tier}.")
    if not 1 <= asked.jobs <= 64:
        raise Refusal(f"--jobs is a number from 1 to 64, not {asked.jobs}.")
    if not 0.1 <= asked.seconds <= 86_400:
        raise Refusal(f"--seconds is from 0.1 to 86400, not {asked.seconds:g}.")
    if asked.memory < 128 * 1024**2:
        raise Refusal("--memory is at least 128M: the libraries alone take that.")
    if asked.seed is not None and not 0 <= asked.seed < 2**32:
        raise Refusal("--seed is a whole number below 4294967296.")
