"""A release on counts: rows never come here, the gates open on integers that somebody signed."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.counting import Spec, count
from governance.counting.files import CountsFile
from lib import signed
from lib.errors import Invalid
from registry.models import RegisteredModel
from tests.cast import People
from tests.governance.make import ROBOT, make_bank
from tests.governance.make_suites import (
    ROLES,
    SCHEMA,
    SIGNATURE,
    carried_out,
    check_of,
    policy_of,
    register_rows,
    rows,
)
from tests.registry.make import make_artifact, make_dataset_version, make_version

pytestmark = pytest.mark.django_db
KEY = Ed25519PrivateKey.generate()
CHECKS = {
    "ratio": "fairness.selection_rate_ratio {ratio_at_least: 0.3}",
    "accuracy": "performance.accuracy {measurement: accuracy, at_least: 0.5}",
    "auc": "performance.roc_auc {measurement: roc_auc, at_least: 0.6}",
    "duplicates": "data.duplicates {measurement: repeated_rows, at_most: 0.5}",
    "losses": "performance.probabilities {measurement: brier, at_most: 0.5}",
}


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.COUNTS_KEYS = [signed.public_text(KEY)]


def decided() -> pl.DataFrame:
    """Rows with the score and the decision of somebody's model."""
    score = 1 / (1 + (-1.5 * pl.col("income") + pl.col("debt")).exp())
    made = rows().with_columns(score.alias("score"))
    return made.with_columns((pl.col("score") >= 0.5).cast(pl.Int64).alias("decision"))


def counts_file(key: Ed25519PrivateKey | None = KEY) -> bytes:
    spec = Spec(label="approved", prediction="decision", score="score", sensitive=("race",))
    return CountsFile(count(decided(), spec), {"name": "cluster table"}).written(key)


def register_counts(content: bytes, **fields: Any) -> Any:
    blob = make_artifact(content)
    file = {"path": "rows.counts.json", "digest": blob.digest, "size": blob.size}
    given = {"manifest": [file], "schema": SCHEMA, "roles": ROLES, "rows": None} | fields
    return make_dataset_version("counted", **given)


def version_of(dataset: Any, people: People, **fields: Any) -> Any:
    blob = make_artifact(b"a vendor's model")
    return make_version(
        RegisteredModel.objects.get(name="credit"),
        **{"format": "predictions", "signature": {}} | fields,
        manifest=[{"path": "model.bin", "digest": blob.digest, "size": blob.size}],
        developer=people.dev,
        actor=ROBOT,
        datasets=[{"name": dataset.dataset.name, "number": dataset.number, "role": "validation"}],
    )


def test_a_release_runs_on_signed_counts_and_gives_what_rows_give(people: People) -> None:
    bank = make_bank(people, policy=policy_of(**CHECKS))
    release = carried_out(bank, version_of(register_counts(counts_file()), people))
    verdicts = {name: check_of(release, name) for name in CHECKS}
    assert {name: one.verdict for name, one in verdicts.items()} == {
        "ratio": "pass", "accuracy": "pass", "auc": "pass", "duplicates": "error",
        "losses": "error",
    }  # fmt: skip
    assert "needs rows, and counted" in verdicts["losses"].sentence
    run = release.runs.get()
    assert run.facts["counted"]["data"] == {"name": "cluster table"}
    schema = [*SCHEMA, {"name": "score", "type": "double"}, {"name": "decision", "type": "integer"}]
    roles = ROLES | {"score": "score", "prediction": "decision"}
    with_rows = register_rows("with-rows", decided(), schema=schema, roles=roles)
    again = carried_out(bank, version_of(with_rows, people))
    for name in ("ratio", "accuracy"):
        assert (
            check_of(again, name).evidence["measurements"]
            == (verdicts[name].evidence["measurements"])
        )


def test_a_model_that_must_be_run_needs_rows(people: People) -> None:
    bank = make_bank(people, policy=policy_of(accuracy=CHECKS["accuracy"]))
    dataset = register_counts(counts_file())
    version = version_of(dataset, people, format="onnx", signature=SIGNATURE)
    release = carried_out(bank, version)
    assert "Register the version with the format predictions" in release.runs.get().error


def test_the_signed_number_of_rows_is_the_dataset_s() -> None:
    assert register_counts(counts_file()).rows == 600
    with pytest.raises(Invalid, match="of 600 rows"):
        register_counts(counts_file(), rows=601)


def test_counts_of_an_unknown_key_are_refused_with_what_to_do() -> None:
    with pytest.raises(Invalid, match=r"a key that is not known here .* COUNTS_KEYS") as refused:
        register_counts(counts_file(Ed25519PrivateKey.generate()))
    assert list(refused.value.errors) == ["manifest[0]"]


def test_unsigned_counts_are_refused() -> None:
    with pytest.raises(Invalid, match="no signed envelope"):
        register_counts(counts_file(None))


def test_nested_beyond_reason_is_refused_signed_or_not() -> None:
    nested = b"[" * 100_000 + b"]" * 100_000
    for content in (nested, signed.sign(nested, signed.COUNTS_TYPE, KEY)):
        with pytest.raises(Invalid, match="is not taken"):
            register_counts(content)


def test_counts_changed_after_signing_are_refused() -> None:
    import base64
    import json

    envelope = json.loads(counts_file())
    payload = base64.b64decode(envelope["payload"]).replace(b'"rows":600', b'"rows":900')
    envelope["payload"] = base64.b64encode(payload).decode()
    with pytest.raises(Invalid, match="changed after signing"):
        register_counts(json.dumps(envelope).encode())


def test_counts_are_not_mixed_with_rows() -> None:
    blob, more = make_artifact(counts_file()), make_artifact(b"a,b\n1,2\n")
    files = [
        {"path": "a.counts.json", "digest": blob.digest, "size": blob.size},
        {"path": "b.csv", "digest": more.digest, "size": more.size},
    ]
    with pytest.raises(Invalid, match="stands alone"):
        make_dataset_version("mixed", manifest=files, schema=SCHEMA, roles=ROLES)
