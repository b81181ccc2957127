"""What somebody is told who may not do something."""

from __future__ import annotations

import pytest

from lib.actor import Actor, Scope
from lib.errors import Refused

NOBODY = Actor(kind="person", id="1", name="Mallory")


@pytest.mark.parametrize(
    ("scopes", "where"),
    [
        ((), "."),
        ((("use_case", ""), ("business_unit", "")), "."),
        ((("use_case", "cards"), ("business_unit", "")), " for the use case cards."),
        (
            (("use_case", "cards"), ("business_unit", "retail")),
            " for the use case cards or the business unit retail.",
        ),
    ],
)
def test_a_refusal_says_where_the_permission_is_lacking(
    scopes: tuple[Scope, ...], where: str
) -> None:
    with pytest.raises(Refused) as refused:
        NOBODY.require("registry.write", *scopes)
    assert refused.value.detail == (
        f"Mallory lacks the permission “registry.write”{where} "
        "Ask an operator for a role that carries it."
    )
