"""The artefact store's disk is full: an upload is a 507 and leaves nothing, a suite waits for room.

The disk is a small one of its own, mounted by the program.
"""

from __future__ import annotations

import hashlib
import time
from random import Random

from tests.faults.bank import Bank
from tests.faults.harms import Broken, at_some_moment


def torment(bank: Bank, chance: Random) -> list[str]:
    ballast = bank.store / "ballast"
    early = chance.random() < 0.5
    asked = [] if early else bank.ask()
    if not early:
        at_some_moment(chance)
    _fill(ballast)
    try:
        upload = chance.randbytes(200_000)
        _put(bank, upload, 507)
        asked = asked or bank.ask()
        time.sleep(chance.uniform(1.0, 5.0))
    finally:
        ballast.unlink()
    _put(bank, upload, 201)
    return asked


def _fill(ballast: object) -> None:
    """Until not one byte more goes in."""
    with open(str(ballast), "wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def _put(bank: Bank, upload: bytes, wanted: int) -> None:
    """Uploads; a refusal has to be a problem document, and to leave neither file nor row."""
    from registry.models import Artifact

    digest = hashlib.sha256(upload).hexdigest()
    with bank.api() as api:
        answer = api.put(f"/artifacts/{digest}", content=upload)
        if answer.status_code != wanted:
            raise Broken(f"{answer.status_code} instead of {wanted}: {answer.text[:300]}")
        if wanted == 507:
            kind = answer.headers["Content-Type"]
            if not kind.startswith("application/problem+json"):
                raise Broken(f"507 as {kind}")
            if api.get(f"/artifacts/{digest}").status_code != 404:
                raise Broken("a refused upload can be read")
    kept = [path for path in bank.store.rglob("*") if digest in path.name]
    incoming = list((bank.store / "incoming").glob("*"))
    row = Artifact.objects.filter(pk=digest).exists()
    if wanted == 507 and (kept or row or incoming):
        raise Broken(f"a refused upload left {kept} {incoming} row {row}")
    if wanted == 201 and not (kept and row):
        raise Broken("an accepted upload is not there")
