"""The panel beside the trail: how far the log is signed, and who outside has seen it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from audit.cosignatures import WitnessSigningKey
from audit.models import Cosignature, Stamp
from audit.services import integrate
from audit.services.proofs import latest_checkpoint
from tests.audit.trail import make_entry
from tests.cast import People
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
KEY = str(WitnessSigningKey.generate("witness.example").verifier)


def panel(people: People) -> str:
    return signed_in(people.otto).get("/audit/").content.decode()


def test_a_log_that_nobody_watches_says_so(people: People) -> None:
    assert "nobody outside follows this log" in panel(people)


def test_a_witness_that_has_signed_nothing_is_named(people: People, settings: Any) -> None:
    settings.LOG_WITNESSES = [KEY]
    assert "has signed nothing yet" in panel(people)


def test_the_newest_look_of_a_witness_and_the_newest_stamp_stand_there(
    people: People, settings: Any
) -> None:
    settings.LOG_WITNESSES = [KEY]
    now = datetime.now(UTC)
    for _ in range(2):
        make_entry()
        while integrate():
            pass
        at = {"checkpoint": latest_checkpoint()}
        Cosignature.objects.create(witness=KEY, line="x", signed_at=now, **at)
        Stamp.objects.create(tsa="https://tsa.example", token=b"x", stamped_at=now, **at)
    text = panel(people)
    size = latest_checkpoint().size
    assert f"saw {size}, " in text
    assert "https://tsa.example" in text
