"""What a source means, and what is said of one from which nothing is fetched."""

from __future__ import annotations

import pytest

from lib.errors import Unprocessable
from registry.sources.addresses import Folder, Logged, OfRun, OwnVersion, Proxied, source_of

PROXY = "api/2.0/mlflow-artifacts/artifacts"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("models:/credit/3", OwnVersion("credit", 3)),
        ("models:/credit risk/3", OwnVersion("credit risk", 3)),
        ("models:/credit%20risk/3", OwnVersion("credit%20risk", 3)),
        ("models:/credit#2/3", OwnVersion("credit#2", 3)),
        ("models:/m-0a1b2c", Logged("m-0a1b2c")),
        ("runs:/ab12/model/sub", OfRun("ab12", "model/sub")),
        ("runs:/ab12", OfRun("ab12", "")),
        ("mlflow-artifacts:/1/ab12/artifacts/model", Proxied("", "1/ab12/artifacts/model")),
        ("mlflow-artifacts://mlflow.bank:5000/1/ab12", Proxied("mlflow.bank:5000", "1/ab12")),
        (f"https://mlflow.bank/{PROXY}/1/ab12", Proxied("https://mlflow.bank", "1/ab12")),
        (f"http://h:5000/pre/ajax-{PROXY}/1/a", Proxied("http://h:5000/pre", "1/a")),
        ("file:///srv/models/credit", Folder("/srv/models/credit")),
        ("/srv/models/credit/", Folder("/srv/models/credit")),
    ],
)
def test_it_reads_what_mlflow_clients_write(text: str, found: object) -> None:
    assert source_of(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no place"),
        ("s3://bucket/model", "an S3 bucket"),
        ("dbfs:/databricks/model", "Databricks"),
        ("gopher://h/x", "“gopher:”"),
        ("models/relative", "names only in part"),
        ("models:/credit@champion", "no one version"),
        ("models:/credit/latest", "no one version"),
        ("https://mlflow.bank/some/page", "not under the artifact proxy"),
        (f"https://me:secret@mlflow.bank/{PROXY}/1/a", "not under the artifact proxy"),
        (f"https://mlflow.bank/{PROXY}/1/../../etc", "“..”"),
        (f"https://mlflow.bank/{PROXY}/1/%2e%2e/etc", "“..”"),
        ("runs:/ab12/../../etc", "“..”"),
        ("runs:/a b", "names no run"),
        ("file:///srv/models/../../etc", "“..”"),
        ("https://[broken", "no address"),
    ],
)
def test_it_refuses_the_others_and_says_what_to_do(text: str, said: str) -> None:
    with pytest.raises(Unprocessable) as refusal:
        source_of(text)
    assert said in refusal.value.detail
    assert "imprimatur register" in refusal.value.detail
