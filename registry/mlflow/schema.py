"""The door in the API's description: its views are not the framework's, which writes the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from registry.mlflow.door import DoorView
from registry.mlflow.fields import Field, Kind

PREFIX: Final = "/api/2.0/"
_SCHEMAS: Final[Mapping[Kind, dict[str, Any]]] = {
    "text": {"type": "string"},
    "version": {"type": "string", "pattern": r"^\s*-?[0-9]+\s*$"},
    "number": {"type": "integer"},
    "flag": {"type": "boolean"},
    "tags": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"key": {"type": "string"}, "value": {"type": "string"}},
        },
    },
    "texts": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object"},
    "objects": {"type": "array", "items": {"type": "object"}},
}
_REFUSAL: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["error_code", "message"],
    "properties": {"error_code": {"type": "string"}, "message": {"type": "string"}},
}
_WHO: Final[list[dict[str, Any]]] = [{"serviceToken": []}, {"session": []}]


def add_door(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's hook: ``result`` with the door's addresses."""
    for address, view in described():
        operations = result["paths"].setdefault(address, {})
        for method in view.required:
            operations[method.lower()] = _operation(address, method, view)
    return result


def described() -> Iterator[tuple[str, type[DoorView]]]:
    """Every address that the door offers, under its first prefix, parameters in braces."""
    from registry.mlflow.urls import urlpatterns

    for pattern in urlpatterns:
        view = getattr(getattr(pattern, "callback", None), "view_class", None)
        if view is not None and issubclass(view, DoorView) and view.required and view.offered:
            yield PREFIX + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern)), view


def _operation(address: str, method: str, view: type[DoorView]) -> dict[str, Any]:
    fields = view.takes.get(method, ())
    handler = getattr(view, method.lower())
    name = re.sub(r"\W+", "_", address.removeprefix(PREFIX)).strip("_")
    operation: dict[str, Any] = {
        "operationId": f"{method.lower()}_{name}",
        "description": (handler.__doc__ or view.__doc__ or "").strip(),
        "tags": ["mlflow"],
        "security": _WHO,
        "parameters": [_parameter(each, "path") for each in re.findall(r"{(\w+)}", address)],
        "responses": {
            "200": _answer({"type": "object"}, "What MLflow's clients read."),
            "4XX": _answer(_REFUSAL, "A refusal as MLflow's clients read it."),
        },
    }
    if method == "GET":
        operation["parameters"] += [_parameter(field, "query") for field in fields]
    elif fields:
        operation["requestBody"] = {
            "required": any(field.required for field in fields),
            "content": {"application/json": {"schema": _body(fields)}},
        }
    return operation


def _parameter(field: Field | str, place: str) -> dict[str, Any]:
    if isinstance(field, str):
        field = Field(field, required=True)
    return {
        "name": field.name,
        "in": place,
        "required": field.required,
        "schema": _schema(field),
    }


def _body(fields: Sequence[Field]) -> dict[str, Any]:
    required = [field.name for field in fields if field.required]
    return {
        "type": "object",
        "properties": {field.name: _schema(field) for field in fields},
        **({"required": required} if required else {}),
    }


def _schema(field: Field) -> dict[str, Any]:
    limits: dict[str, Any] = {"maxLength": field.longest} if field.longest else {}
    if field.required and field.kind == "text":
        limits["minLength"] = 1
    return _SCHEMAS[field.kind] | limits


def _answer(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
