"""Where a client is sent for the files of a version."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from audit.models import Entry
from lib.actor import SYSTEM
from lib.errors import NotFound, Refused
from registry import guards
from registry.models import ModelVersion
from registry.services import unsealed, version_files
from registry.services.downloads import download_uri
from tests.registry import make

pytestmark = pytest.mark.django_db
BASE = "https://models.bank/api/2.0/mlflow-artifacts/artifacts/versions"


@pytest.fixture(autouse=True)
def _open(_ports: None, settings: Any) -> None:
    settings.PUBLIC_URL = "https://models.bank/"
    guards.plug(may_download=lambda version, actor: None)


def without_files(source: str, name: str = "credit") -> ModelVersion:
    return unsealed.register_unsealed(make.make_model(name), source=source, actor=SYSTEM)


def test_a_sealed_one_is_fetched_from_here() -> None:
    version = make.make_version(make.make_model("my model"))
    assert download_uri(version, actor=SYSTEM) == f"{BASE}/my~20model/1"


def test_one_with_a_source_alone_is_fetched_from_there() -> None:
    assert download_uri(without_files("s3://bucket/m"), actor=SYSTEM) == "s3://bucket/m"


def test_one_whose_files_were_sent_here_is_fetched_from_here() -> None:
    version = without_files("s3://bucket/m")
    version_files.add_file(version, path="a", stream=BytesIO(b"a"), size=1, actor=SYSTEM)
    version.refresh_from_db()
    assert download_uri(version, actor=SYSTEM) == f"{BASE}/credit/1"


def test_a_copy_is_fetched_where_its_origin_is() -> None:
    origin = without_files("s3://bucket/m")
    copy = unsealed.copy_version(
        origin, make.make_model("copy"), source="models:/credit/1", actor=SYSTEM
    )
    assert download_uri(copy, actor=SYSTEM) == "s3://bucket/m"


def test_a_copy_of_a_sealed_one_is_sealed_at_once_and_fetched_from_here() -> None:
    origin = make.make_version(make.make_model())
    copy = unsealed.copy_version(
        origin, make.make_model("copy"), source="models:/credit/1", actor=SYSTEM
    )
    assert copy.digest == origin.digest
    assert download_uri(copy, actor=SYSTEM) == f"{BASE}/copy/1"


def test_what_leads_in_circles_or_nowhere_is_not_found() -> None:
    with pytest.raises(NotFound, match="circles"):
        download_uri(without_files("models:/credit/1"), actor=SYSTEM)
    with pytest.raises(NotFound, match="nowhere v3"):
        download_uri(without_files("models:/nowhere/3", "other"), actor=SYSTEM)


def test_an_origin_that_one_may_not_see_is_not_told() -> None:
    unsealed.register_unsealed(
        make.make_model("hidden", use_case="cards"), source="s3://bucket/secret", actor=SYSTEM
    )
    version = without_files("models:/hidden/1")
    with pytest.raises(NotFound):
        download_uri(version, actor=make.scoped_actor("registry.read"))


def test_an_origin_that_was_called_back_is_not_handed_out() -> None:
    unsealed.register_unsealed(make.make_model("bad"), source="s3://bucket/m", actor=SYSTEM)

    def refuse(version: ModelVersion, actor: Any) -> None:
        if version.model.name == "bad":
            raise Refused("It was revoked.")

    guards.plug(may_download=refuse)
    with pytest.raises(Refused):
        download_uri(without_files("models:/bad/1"), actor=SYSTEM)


def test_a_pull_is_told_of_only_where_it_is_asked_for(settings: Any) -> None:
    version = make.make_version(make.make_model())
    pulls = Entry.objects.filter(action="model_version.pull")
    download_uri(version, actor=SYSTEM)
    assert not pulls.exists()
    settings.RECORD_PULLS = True
    download_uri(version, actor=SYSTEM)
    download_uri(version, actor=SYSTEM)
    assert pulls.count() == 1
