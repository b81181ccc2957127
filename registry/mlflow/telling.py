"""What an entry of the trail is in MLflow's terms: the ``data`` of its webhooks.

Rows are read in the transaction of the entry, so a value that stands in the trail as a digest
alone, being long, is told whole. What becomes of a model tagged as a prompt is told as a prompt's,
as MLflow does (``mlflow/server/handlers.py`` of 3.17). The events: ``accounts/mlflow_events.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from accounts.mlflow_events import Saying
from audit.models import Entry
from registry.models import ModelVersion, RegisteredModel

IS_PROMPT: Final = "mlflow.prompt.is_prompt"
PROMPT_TEXT: Final = "mlflow.prompt.text"
_OF_PROMPTS: Final = frozenset({IS_PROMPT, "_mlflow_prompt_type"})
_TAGS = Mapping[str, Any]


def sayings(entry: Entry) -> Iterator[Saying]:
    """What MLflow would tell; nothing of what it has no event for."""
    return _SAYS[entry.action](entry)


def _model_registered(entry: Entry) -> Iterator[Saying]:
    if (model := _model(entry)) is None:
        return
    if _is_prompt(model):
        tags = {key: text for key, text in model.tags.items() if key not in _OF_PROMPTS}
        yield _saying("prompt.created", model, tags=tags, description=model.description)
    else:
        told = {"tags": model.tags, "description": model.description}
        yield _saying("registered_model.created", model, **told)


def _version_registered(entry: Entry) -> Iterator[Saying]:
    if (version := _version(entry)) is None:
        return
    tags, told = dict(version.tags), {"description": version.description or None}
    if not _is_prompt(version.model):
        told |= {"source": version.source, "run_id": version.tracking_run or None}
        yield _saying("model_version.created", version, tags=tags, **told)
        return
    template = tags.pop(PROMPT_TEXT, None)
    tags = {key: text for key, text in tags.items() if key not in _OF_PROMPTS}
    yield _saying("prompt_version.created", version, template=template, tags=tags, **told)


def _version_tagged(entry: Entry) -> Iterator[Saying]:
    if (version := _version(entry)) is not None:
        kind = "prompt_version_tag" if _is_prompt(version.model) else "model_version_tag"
        yield from _tagged(kind, version, version.tags, entry)


def _model_tagged(entry: Entry) -> Iterator[Saying]:
    """MLflow tells of the tags of prompts alone."""
    if (model := _model(entry)) is not None and _is_prompt(model):
        yield from _tagged("prompt_tag", model, model.tags, entry)


def _tagged(
    kind: str, row: RegisteredModel | ModelVersion, tags: _TAGS, entry: Entry
) -> Iterator[Saying]:
    put, drop = _changes(entry.content["details"], tags)
    for key in put:
        if key in tags:
            yield _saying(f"{kind}.set", row, key=key, value=tags[key])
    for key in drop:
        yield _saying(f"{kind}.deleted", row, key=key)


def _changes(details: Mapping[str, Any], tags: _TAGS) -> tuple[list[str], list[str]]:
    """The keys that were set, and those that are gone. An entry of tags that were changed as a
    whole says what stood there before, unless that was long: then all that is there counts as
    set, and what is gone is not known."""
    if "put" in details:
        put = tags if _is_digest(details["put"]) else details["put"]
        return sorted(put), sorted(details["drop"])
    before = details["before"].get("tags")
    if before is None or before == details["after"]["tags"]:
        return [], []
    if _is_digest(before):
        return sorted(tags), []
    put = [key for key, text in tags.items() if before.get(key) != text]
    return sorted(put), sorted(set(before) - set(tags))


def _is_digest(told: Mapping[str, Any]) -> bool:
    """Whether ``registry.subjects.told`` left the digest alone; a tag's value is text."""
    return isinstance(told.get("bytes"), int)


def _alias_moved(entry: Entry) -> Iterator[Saying]:
    if (model := _model(entry)) is not None:
        details = entry.content["details"]
        kind = "prompt_alias" if _is_prompt(model) else "model_version_alias"
        to = {"alias": details["alias"], "version": str(details["after"])}
        yield _saying(f"{kind}.created", model, **to)


def _alias_removed(entry: Entry) -> Iterator[Saying]:
    if (model := _model(entry)) is not None:
        kind = "prompt_alias" if _is_prompt(model) else "model_version_alias"
        yield _saying(f"{kind}.deleted", model, alias=entry.content["details"]["alias"])


def _saying(event: str, row: RegisteredModel | ModelVersion, **data: Any) -> Saying:
    if isinstance(row, ModelVersion):
        return Saying(event, {"name": row.model.name, "version": str(row.number), **data})
    return Saying(event, {"name": row.name, **data})


def _is_prompt(model: RegisteredModel) -> bool:
    return str(model.tags.get(IS_PROMPT, "")).lower() == "true"


def _model(entry: Entry) -> RegisteredModel | None:
    """By the label, which is the name: the key of a long name is cut."""
    return RegisteredModel.objects.living().filter(name=_label(entry)).first()


def _version(entry: Entry) -> ModelVersion | None:
    name, _, number = _label(entry).rpartition(" v")
    rows = ModelVersion.objects.living().filter(model__deleted_at=None, model__name=name)
    return rows.select_related("model").filter(number=number).first()


def _label(entry: Entry) -> str:
    return str(entry.content["subject"]["label"])


_SAYS: Final[Mapping[str, Callable[[Entry], Iterator[Saying]]]] = {
    "model.register": _model_registered,
    "model.tag": _model_tagged,
    "model.change": _model_tagged,
    "model_version.register": _version_registered,
    "model_version.tag": _version_tagged,
    "model_version.change": _version_tagged,
    "alias.move": _alias_moved,
    "alias.remove": _alias_removed,
}
