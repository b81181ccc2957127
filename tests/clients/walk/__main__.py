"""Walks all steps, and writes ``{step: {"saw": …} | {"wrong": …} | {"cannot": …}}`` to a file."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from walk import NOUNS
from walk.house import Cannot, House


def steps() -> Iterator[tuple[str, Callable[[House], Any]]]:
    for noun in NOUNS:
        module = importlib.import_module(f"walk.{noun}")
        for name, function in list(vars(module).items()):
            own = inspect.isfunction(function) and function.__module__ == module.__name__
            if own and not name.startswith("_"):
                yield f"{noun}.{name}", function


def walked(house: House, step: Callable[[House], Any]) -> dict[str, Any]:
    try:
        return {"saw": house.plain(step(house))}
    except Cannot as error:
        return {"cannot": str(error)}
    except Exception:
        return {"wrong": traceback.format_exc()}


def main(url: str, folder: str, output: str) -> None:
    house = House(url, Path(folder))
    Path(output).write_text(json.dumps({name: walked(house, step) for name, step in steps()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
