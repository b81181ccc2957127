"""Who registers a pickle, or a model with odd names, is told what happened and what to do."""

from __future__ import annotations

import os
import pickle
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

from governance.models import Release
from jobs.models import Job
from lib.errors import Invalid
from registry.models import RegisteredModel
from tests.cast import People
from tests.governance.make import ROBOT, Bank, make_bank, make_release
from tests.governance.make_suites import (
    SIGNATURE,
    carried_out,
    check_of,
    make_model_version,
    onnx_of,
    policy_of,
    rows,
    work_off,
)
from tests.registry.make import make_artifact, make_version

pytestmark = pytest.mark.django_db

POLICY = policy_of(
    Performance="performance.roc_auc {measurement: roc_auc, at_least: 0.6}",
    Opcodes="security.opcodes {require: all}",
    Structure="security.structure {require: all}",
)


class Calls:
    def __init__(self, made: Any, *given: Any) -> None:
        self.made, self.given = made, given

    def __reduce__(self) -> Any:
        return self.made, self.given


HARMFUL = pickle.dumps(Calls(os.system, "true"))
OLD = pickle.dumps(Calls(os.system, "true"), protocol=0)


@pytest.fixture
def bank(people: People) -> Bank:
    return make_bank(people, policy=POLICY)


def test_a_pickle_in_place_of_the_model_is_refused_when_it_is_registered(bank: Bank):
    blob = make_artifact(HARMFUL)
    with pytest.raises(Invalid, match=r"model\.pkl is a pickle by its name.*Export to onnx"):
        make_version(
            RegisteredModel.objects.get(name="credit"), signature=SIGNATURE, actor=ROBOT,
            manifest=[{"path": "model.pkl", "digest": blob.digest, "size": blob.size}],
        )  # fmt: skip


def told_of_a_pickle(release: Release) -> None:
    said = release.runs.get().error
    assert "is a pickle, not onnx. It is never loaded" in said
    assert "posix.system" in said
    assert "Export the model to ONNX" in said
    assert "format predictions" in said
    assert check_of(release, "Performance").sentence == said
    found = check_of(release, "Opcodes")
    assert (found.verdict, "posix.system" in found.sentence) == ("fail", True)
    assert check_of(release, "Structure").verdict == "fail"


@pytest.mark.parametrize("content", [HARMFUL, OLD])
def test_a_pickle_by_another_name_is_told_at_the_release(bank: Bank, content: bytes):
    told_of_a_pickle(carried_out(bank, make_model_version(bank, content=content)))


def test_so_is_one_by_a_name_that_no_format_has(bank: Bank):
    version = make_model_version(bank, content=HARMFUL, name="weights.bin")
    told_of_a_pickle(carried_out(bank, version))


def odd_inputs() -> bytes:
    model = onnx.load_model_from_string(onnx_of(rows()))
    model.graph.input.append(helper.make_tensor_value_info("y\0", TensorProto.FLOAT, [None, 1]))
    return bytes(model.SerializeToString())


def test_a_name_that_no_database_holds_is_an_error_and_not_tried_again(bank: Bank):
    release = make_release(bank, version=make_model_version(bank, content=odd_inputs()))
    work_off()
    assert set(Job.objects.filter(kind="validation.score").values_list("state", "attempt")) == {
        ("done", 1)
    }
    said = check_of(release, "Performance")
    assert said.verdict == "error"
    assert "not declared: 'X', 'y\ufffd'" in said.sentence
