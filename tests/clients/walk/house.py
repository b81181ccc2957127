"""What every step is given: a client, names of its own, and a look at what came back."""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

MOMENT = 1_600_000_000_000  # any time in ms since then is one that the server wrote
KEPT = ("name", "version", "description", "source", "run_id", "run_link", "status", "current_stage")


class Cannot(Exception):
    """This client has no such thing; the text says what it lacks."""


class House:
    """One registry, through the client as it comes."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url.rstrip("/"), folder
        mlflow.set_tracking_uri((folder / "tracking").as_uri())
        mlflow.set_registry_uri(self.url)
        self.client = MlflowClient(tracking_uri=mlflow.get_tracking_uri(), registry_uri=self.url)
        self.prefix = os.environ.get("WALK_PREFIX", "walk")
        self._count = itertools.count(1)
        given = folder / "given.json"
        self.given: dict[str, Any] = json.loads(given.read_text()) if given.exists() else {}

    def name(self, word: str = "model") -> str:
        """A name that no other step uses."""
        return f"{self.prefix}-{word}-{next(self._count)}"

    def model(self, word: str = "model", **more: Any) -> str:
        return str(self.client.create_registered_model(self.name(word), **more).name)

    def version(self, model: str, source: str = "s3://bucket/model", **more: Any) -> Any:
        return self.client.create_model_version(model, source, await_creation_for=0, **more)

    def file(self, text: str = "weights", name: str = "weights.txt") -> Path:
        folder = self.folder / f"files-{next(self._count)}"
        folder.mkdir(parents=True)
        (folder / name).write_text(text)
        return folder / name

    def plain(self, seen: Any) -> Any:
        """``seen`` without what differs from one walk to the next: the prefix and the address."""
        if isinstance(seen, dict):
            return {self.plain(key): self.plain(value) for key, value in seen.items()}
        if isinstance(seen, list | tuple):
            return [self.plain(each) for each in seen]
        if isinstance(seen, str):
            seen = seen.replace(self.url, "URL").replace(str(self.folder), "FOLDER")
            return re.sub(r"[0-9a-f]{32}", "ID", seen.replace(self.prefix, "walk"))
        return seen


def told(entity: Any) -> dict[str, Any]:
    """A model or a version as the client sees it, moments as “a moment”."""
    seen = {key: getattr(entity, key) for key in KEPT if hasattr(entity, key)}
    seen["tags"] = dict(entity.tags)
    for key in ("creation_timestamp", "last_updated_timestamp"):
        moment = getattr(entity, key)
        seen[key] = "a moment" if isinstance(moment, int) and moment > MOMENT else moment
    if hasattr(entity, "latest_versions"):
        seen["latest_versions"] = {v.current_stage: v.version for v in entity.latest_versions}
    aliases = entity.aliases
    seen["aliases"] = dict(aliases) if isinstance(aliases, dict) else sorted(aliases)
    return seen


def found(entities: Any) -> list[Any]:
    """Names of models, names and numbers of versions, in the order given."""
    return [[e.name, int(e.version)] if hasattr(e, "version") else e.name for e in entities]


@contextmanager
def refused(code: str, *words: str) -> Iterator[None]:
    """The block raises MlflowException with this code, and with these words in its message."""
    try:
        yield
    except MlflowException as error:
        answer = error
    else:
        raise AssertionError(f"it was done, and should have been {code}")
    assert answer.error_code == code, f"{answer.error_code} and not {code}: {answer}"
    for word in words:
        assert word in str(answer), f"“{word}” is not in: {answer}"
