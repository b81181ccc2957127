"""Files that are sent at the same moment: each lands in the manifest, none undoes another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.db import connections

from lib.actor import SYSTEM
from registry.models import ModelVersion
from registry.services import unsealed, version_files
from tests.registry import make

pytestmark = pytest.mark.clones
RIVALS = 8


def test_rivals_lose_no_file(committed_db: str) -> None:
    version = unsealed.register_unsealed(make.make_model(), source="x:/y", actor=SYSTEM)

    def send(place: int) -> None:
        mine = ModelVersion.objects.select_related("model").get(pk=version.pk)
        stream = BytesIO(b"%d" % place)
        version_files.add_file(mine, path=f"f{place}", stream=stream, size=1, actor=SYSTEM)
        connections.close_all()

    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(send, range(RIVALS)))
    version.refresh_from_db()
    assert [file["path"] for file in version.manifest] == [f"f{each}" for each in range(RIVALS)]
