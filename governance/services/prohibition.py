"""A use that Art. 5 of Regulation (EU) 2024/1689 forbids is authorized by nothing.

The database refuses such an authorization too (trigger ``governance_refuse_prohibited``).
"""

from __future__ import annotations

from governance.models import Classification, UseCase
from governance.models.risk import EUClass
from lib.errors import Conflict


def class_of(use_case: UseCase) -> Classification | None:
    """The classification that holds, or None when nobody has classified it."""
    return use_case.classifications.order_by("-assessed_at", "-pk").first()


def why_prohibited(use_case: UseCase) -> str:
    """Why nothing can be authorized for it; empty when it is no prohibited use."""
    found = class_of(use_case)
    if found is None or found.eu_class != EUClass.PROHIBITED:
        return ""
    return (
        f"{use_case.name} is classified as a prohibited use ({found.articles}): no release, "
        "waiver or emergency can authorize it."
    )


def refuse_prohibited(use_case: UseCase) -> None:
    """Raises Conflict. Locks the use case until the end of the transaction, so that what is
    authorized after this cannot cross a classification that is being made."""
    UseCase.objects.select_for_update(no_key=True).only("pk").get(pk=use_case.pk)
    if why := why_prohibited(use_case):
        raise Conflict(why, code="prohibited_use")
