"""Names of models: taken, free again, and how far the numbers under one have come.

Whoever wrote down “credit, version 2” means one thing for ever (G2), so a name that a model gave
back keeps its numbers (docs/decisions/0013).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from audit.models import Entry
from lib.errors import Conflict
from registry.models import ModelVersion, RegisteredModel
from registry.subjects import model_subject


@contextmanager
def is_free(name: str) -> Iterator[None]:
    """Around the statement that takes the name. Raises Conflict when a living model has it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Conflict(
            f"The name {name} is taken.", errors={"name": "taken"}, code="name_taken"
        ) from error


def reached(name: str, *, but: int = 0) -> int:
    """The highest number that models handed out under this name before they were deleted or got
    another; 0 when none did. ``but`` is the row of a model that does not count.

    Ask once the name is taken: nobody else can give it back then.
    """
    gone = RegisteredModel.objects.filter(name=name).exclude(deleted_at=None).exclude(pk=but)
    deleted = gone.aggregate(last=Max("last_number"))["last"] or 0
    left = (each["last_number"] for each in _renamed(name) if each["row"] != but)
    return max([deleted, *left])


def known_as(rows: QuerySet[ModelVersion], name: str, number: int) -> ModelVersion | None:
    """The one of ``rows`` that is ``number`` of the model of this name, or of the model that handed
    the number out under it and has another name now."""
    numbered = rows.filter(number=number)
    here = numbered.filter(model__name=name).order_by("-model_id").first()
    return here or numbered.filter(model=_former(name, number)).first()


def _former(name: str, number: int) -> int | None:
    """The row of the model that left this name with so many numbers; None when none did."""
    known = [each for each in _renamed(name) if number <= each["last_number"]]
    return min(known, key=lambda each: each["last_number"])["row"] if known else None


def _renamed(name: str) -> list[dict[str, int]]:
    """Who had this name and took another: its ``row``, and how far its numbers had come."""
    subject = model_subject(RegisteredModel(name=name))
    rows = Entry.objects.of(subject).filter(action="model.rename")
    return [row.content["details"] for row in rows]


def take_over(model: RegisteredModel) -> int:
    """Has a model that has just taken its name go on where the numbers under it ended: the lowest
    number that it hands out. Raises Conflict when it has versions of its own by then."""
    last = reached(model.name, but=model.pk)
    if not last:
        return 1
    if model.last_number:
        raise Conflict(
            f"An earlier model called {model.name} had versions up to {last}, and its numbers stay "
            "its own. Choose another name, or register a model under this one, whose numbers go "
            "on, and copy the versions there.",
            errors={"name": "its numbers are another model's"},
            code="name_used",
        )
    model.last_number = last
    model.save(update_fields=["last_number"])
    return last + 1
