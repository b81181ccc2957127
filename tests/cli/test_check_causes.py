"""What many checks broke for is said once, in every output, and each of them points to it."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.cli.make_files import Bank

WHY = "The model takes 5 columns and 2 are declared"
NO_NUMBER = "The model gave no score for 600 of 600 validation rows"
CHECKS = (
    "performance.roc_auc {measurement: roc_auc, at_least: 0.7}",
    "performance.accuracy {recorded: true}",
    "fairness.selection_rate_ratio {ratio_at_least: 0.8}",
    "data.duplicates {recorded: true}",
)


def made(columns: int, *, number: bool = True) -> bytes:
    """A model of so many columns; without a number it answers NaN."""
    end = [helper.make_node("Sigmoid", ["s"], ["p"])]
    if not number:
        end = [
            helper.make_node("Sub", ["s", "s"], ["o"]),
            helper.make_node("Div", ["o", "o"], ["p"]),
        ]
    nodes = [helper.make_node("ReduceSum", ["x", "a"], ["s"], keepdims=1), *end]
    into = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, columns])
    out = helper.make_tensor_value_info("p", TensorProto.FLOAT, [None, 1])
    axes = numpy_helper.from_array(np.array([1]), "a")
    graph = helper.make_graph(nodes, "g", [into], [out], [axes])
    version = [helper.make_opsetid("", 17)]
    found: bytes = helper.make_model(graph, opset_imports=version, ir_version=8).SerializeToString()
    return found


@pytest.mark.parametrize(
    ("model", "why"), [(made(5), WHY), (made(2, number=False), NO_NUMBER)], ids=["wide", "nan"]
)
def test_it_is_said_once(
    bank: Bank, capsys: pytest.CaptureFixture[str], model: bytes, why: str
) -> None:
    bank.write("model.onnx", model)
    bank.policy(*CHECKS)
    page, junit = bank.folder / "out.html", bank.folder / "out.xml"
    assert bank.run(features="income,debt", html=page, junit=junit) == 3
    table = " ".join(capsys.readouterr().out.split())
    assert table.count(why) == 1
    assert page.read_text().count(why) == 1
    root = Xml.fromstring(junit.read_bytes())
    assert [one.get("classname") for one in root.iter("testcase") if why in _told(one)] == [
        "imprimatur.causes"
    ]
    assert len([one for one in root.iter("testcase") if one.find("error") is not None]) == 4
    assert root.find("testsuite[@name='data']/testcase/system-out") is not None, "it was measured"


def _told(case: Xml.Element) -> str:
    return "".join(case.itertext()) + "".join(str(each.get("message")) for each in case)
