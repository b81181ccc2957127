"""The scanner of pickles: finds what would be imported, loads nothing, never hangs or crashes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import pickletools
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections import OrderedDict

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from governance.checks.engine import pickles
from governance.checks.engine.allowed_globals import is_allowed
from governance.checks.engine.pickles import scan, scan_file


class Mallory:
    """What she would have run, were anybody to load her."""

    def __init__(self, what=os.system, with_=("touch /tmp/mallory-was-here",)):
        self.what, self.with_ = what, with_

    def __reduce__(self):
        return self.what, self.with_


def refused(data, path="model.pkl"):
    found = scan(data, path)
    return [name for name in found["globals"] if not is_allowed(name)]


@pytest.mark.parametrize("protocol", range(6))
def test_a_call_is_found_in_every_protocol(protocol):
    assert refused(pickle.dumps(Mallory(), protocol)) == ["posix.system"]
    assert refused(pickle.dumps([1, {"x": Mallory()}], protocol)) == ["posix.system"]
    assert refused(pickle.dumps(Mallory(eval, ("1",)), protocol))[0].endswith(".eval")


@pytest.mark.parametrize("protocol", range(6))
def test_plain_data_are_fine_in_every_protocol(protocol):
    data = {"a": [1, 2.5, None, True], "b": np.arange(4), "c": OrderedDict(x={1, 2}), "d": b"x"}
    found = scan(pickle.dumps(data, protocol), "data.pkl")
    assert found["complete"]
    assert refused(pickle.dumps(data, protocol)) == []


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_estimators_are_on_the_allow_list(protocol):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
    for model in (
        make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y),
        RandomForestClassifier(3).fit(x, y),
    ):
        assert refused(pickle.dumps(model, protocol)) == []


def test_functions_and_deep_names_of_allowed_libraries_are_refused():
    for name in (
        "sklearn.datasets.fetch_openml",
        "sklearn.base.BaseEstimator.__reduce__",
        "numpy.load",
        "builtins.getattr",
        "sklearn",
        "sklearn.A b",
        "mysklearn.A",
        pickles.COMPUTED,
    ):
        assert not is_allowed(name)
    assert is_allowed("mine.Model", {"mine.Model"})


def zipped(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


EVIL = pickle.dumps(Mallory())


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("model.onnx", EVIL),
        ("model", pickle.dumps(Mallory(), 0)),
        ("two.pkl", pickle.dumps({"fine": 1}) + EVIL),
        ("model.pt", zipped("archive/data.pkl", EVIL)),
        ("model.skops", zipped("schema.json", "{}")[:0] + zipped("x", EVIL)),
        ("in.zip", zipped("inner.zip", zipped("deep.pkl", EVIL))),
        ("model.joblib", gzip.compress(EVIL)),
        ("model.joblib.z", zlib.compress(EVIL)),
        ("model.bz2", bz2.compress(EVIL)),
        ("model.xz", lzma.compress(EVIL)),
        ("nested.pkl", pickle.dumps({"payload": EVIL})),
        ("polyglot.pkl", EVIL + zipped("x.txt", "nothing to see")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # bytes of a zip tell the time
)
def test_hiding_places_are_looked_into(path, data):
    assert "posix.system" in scan(data, path)["globals"]


def test_arrays_of_objects_are_pickles():
    out = io.BytesIO()
    np.save(out, np.array([Mallory()], dtype=object), allow_pickle=True)
    assert "posix.system" in scan(out.getvalue(), "array.npy")["globals"]
    plain = io.BytesIO()
    np.save(plain, np.arange(3))
    assert scan(plain.getvalue(), "array.npy")["kind"] == "none"


def test_names_put_together_on_the_stack_are_refused():
    hidden = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93\x8c\x02id\x85R."
    assert scan(hidden)["globals"] == ["os.system"]
    computed = b"\x80\x04N\x8c\x06system\x93\x8c\x02id\x85R."
    assert scan(computed)["globals"] == [pickles.COMPUTED]
    popped = b"\x80\x04\x8c\x05numpy0\x8c\x02os\x8c\x07ndarray0\x8c\x06system\x93."
    assert scan(popped)["globals"] == ["os.system"]
    not_text = b"\x80\x04Pnumpy\n\x8c\x07ndarray\x93."
    assert scan(not_text)["globals"] == [pickles.COMPUTED]


def test_an_extension_code_is_refused():
    assert refused(b"\x80\x02\x82\x07.") == ["(extension 7)"]


@pytest.mark.parametrize("cut", [1, 5, 20, -1])
def test_a_truncated_pickle_is_never_complete(cut):
    found = scan(pickle.dumps({"x": list(range(50))})[:cut], "model.pkl")
    assert not found["complete"]
    assert found["problems"]


def test_what_breaks_after_the_call_is_told_and_not_complete():
    found = scan(EVIL[:-1] + b"\xff\xff\xff", "model.pkl")
    assert found["globals"] == ["posix.system"]
    assert not found["complete"]


def test_bytes_after_the_end_are_told():
    assert "bytes after the end" in scan(pickle.dumps(1) + b"\x01\x02 more", "m.pkl")["problems"][0]


@pytest.mark.parametrize(
    "claim",
    [b"\x80\x04\x8e" + b"\xff" * 8, b"\x80\x02B\xff\xff\xff\x7f", b"\x80\x02\x8b\xff\xff\xff\x7f"],
)
def test_a_claimed_size_takes_no_memory(claim):
    tracemalloc.start()
    assert not scan(claim, "model.pkl")["complete"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_bombs_are_not_inflated(monkeypatch):
    monkeypatch.setattr(pickles, "MAX_BYTES", 1_000_000)
    monkeypatch.setattr(pickles._Found, "__init__", _with_left(1_000_000))
    for path, data in (
        ("bomb.zip", zipped("zeros", bytes(30_000_000))),
        ("bomb.gz", gzip.compress(bytes(30_000_000))),
    ):
        tracemalloc.start()
        found = scan(data, path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert not found["complete"]
        assert peak < 8_000_000


def _with_left(left):
    real = pickles._Found.__init__
    return lambda self, **more: real(self, **{"left": left, **more})


def test_many_members_and_deep_nesting_are_bounded(monkeypatch):
    monkeypatch.setattr(pickles, "MAX_MEMBERS", 3)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for place in range(5):
            archive.writestr(f"{place}", "x")
    assert not scan(out.getvalue(), "many.zip")["complete"]
    deep = EVIL
    for place in range(8):
        deep = zipped(f"{place}.zip", deep)
    assert not scan(deep, "deep.zip")["complete"]


def test_too_many_opcodes_are_bounded(monkeypatch):
    monkeypatch.setattr(pickles, "MAX_OPCODES", 1000)
    found = scan(pickle.dumps(list(range(5000))), "long.pkl")
    assert not found["complete"]
    assert found["opcodes"] == 1001


def test_a_second_compressed_member_is_told():
    found = scan(gzip.compress(pickle.dumps(1)) + gzip.compress(EVIL), "m.pkl.gz")
    assert not found["complete"]
    assert not scan(gzip.compress(pickle.dumps(1))[:-9], "m.pkl.gz")["complete"]
    assert scan(gzip.compress(pickle.dumps(1)), "m.pkl.gz")["complete"]


def test_a_broken_archive_is_told():
    data = bytearray(zipped("data.pkl", EVIL))
    data[45] ^= 0xFF
    assert not scan(bytes(data), "model.pt")["complete"]


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"learner": {}}', b"tree\nversion=v4\n", b"PAR1....", b"hello.", b"\x08\x07"],
)
def test_other_files_are_no_pickles(data):
    assert scan(data, "model.bin")["kind"] == "none"
    assert scan(data, "model.bin")["complete"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data):
    for path in ("x.pkl", "x.bin"):
        found = scan(data, path)
        assert set(found) == {"kind", "complete", "globals", "opcodes", "problems"}


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_change_of_a_byte_hides_a_call_in_what_reads_to_its_end(data):
    """Whatever still loads and would call something has it in the list, or is not complete."""
    evil = bytearray(pickle.dumps([{"a": 1}, Mallory()], 4))
    evil[data.draw(st.integers(0, len(evil) - 1))] = data.draw(st.integers(0, 255))
    found = scan(bytes(evil), "model.pkl")
    named = {
        op.name for op, *_ in _genops(bytes(evil)) if op.name in ("GLOBAL", "STACK_GLOBAL", "INST")
    }
    assert not named or found["globals"] or not found["complete"]


def _genops(data):
    try:
        yield from pickletools.genops(data)
    except Exception:
        return


def test_big_files_are_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(pickles, "MAX_BYTES", 100_000)
    big = tmp_path / "model.onnx"
    big.write_bytes(b"\x08\x07" + bytes(200_000))
    assert scan_file(big)["complete"]
    evil = tmp_path / "model.pkl"
    evil.write_bytes(EVIL + bytes(200_000))
    assert not scan_file(evil)["complete"]
    joblib.dump({"x": np.arange(3)}, tmp_path / "small.joblib")
    assert scan_file(tmp_path / "small.joblib")["kind"] == "pickle"


def test_scanning_imports_nothing_that_is_named():
    """In a fresh process: a pickle that names a module leaves it unimported."""
    program = (
        "import sys; from governance.checks.engine.pickles import scan; "
        "found = scan(b'cwebbrowser\\nopen\\n(tR.', 'x.pkl'); "
        "print(found['globals'], 'webbrowser' in sys.modules, 'pickle' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split(" ")[:2] == ["['webbrowser.open']", "False"]
