"""skops files that inflate, lie, point elsewhere, or ask for types and trees they should not."""

from __future__ import annotations

import io
import json
import pickle
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from tests.scoring.hostile.cases import FEATURES, Hostile, Make
from tests.scoring.hostile.pickles import PICKLES

Members = dict[str, bytes]


@cache
def _saved(kind: str) -> bytes:
    model = {
        "linear": LogisticRegression(),
        "forest": RandomForestClassifier(n_estimators=2, max_depth=3, random_state=0),
        "boosted": HistGradientBoostingClassifier(max_iter=2, random_state=0),
    }[kind]
    rows = np.random.default_rng(0).normal(size=(200, len(FEATURES)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bytes(skops.io.dumps(model.fit(rows, rows[:, 0] > rows[:, 1])))


def _model(kind: str = "linear") -> Members:
    with zipfile.ZipFile(io.BytesIO(_saved(kind))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(members: Members, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _changed(change: Callable[[Members], None], kind: str = "linear") -> Make:
    def make(path: Path) -> None:
        members = _model(kind)
        change(members)
        _packed(members, path)

    return make


def _schema(change: Callable[[dict[str, Any]], None]) -> Make:
    def spoil(members: Members) -> None:
        schema = json.loads(members["schema.json"])
        change(schema)
        members["schema.json"] = json.dumps(schema).encode()

    return _changed(spoil)


def _type(loader: str, module: str, name: str, **more: Any) -> Make:
    node = {"__class__": name, "__module__": module, "__loader__": loader, **more}
    return _schema(lambda schema: schema["content"]["content"].update(C=node))


def _arrays(members: Members) -> list[str]:
    return sorted(name for name in members if name.endswith(".npy"))


def _inflates(members: Members) -> None:
    members["bomb.npy"] = bytes(600 * 1024**2)


def _object_array(members: Members) -> None:
    members[_arrays(members)[0]] = PICKLES["objects in a numpy array"]


def _huge_shape(members: Members) -> None:
    head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }\n"
    members[_arrays(members)[0]] = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head


def _lies(path: Path) -> None:
    """An archive whose directory says 100 bytes of a member that inflates to 50 MB."""
    members = _model()
    members[_arrays(members)[0]] = bytes(50 * 1024**2)
    _packed(members, path)
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.find(mark)
        while start >= 0:
            size = struct.unpack_from("<I", content, start + place)[0]
            if size == 50 * 1024**2:
                struct.pack_into("<I", content, start + place, 100)
            start = content.find(mark, start + 4)
    path.write_bytes(content)


def _many_members(members: Members) -> None:
    members.update({f"{place}.npy": b"" for place in range(60_000)})


def _nested(members: Members) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", bytes(100 * 1024**2))
    members["schema.json"] = inner.getvalue()


def _climbs(members: Members) -> None:
    schema = members["schema.json"].decode().replace(_arrays(members)[0], "../../../etc/passwd")
    members["schema.json"] = schema.encode()


def _link(path: Path) -> None:
    members = _model()
    name = _arrays(members)[0]
    with zipfile.ZipFile(path, "w") as archive:
        for other in members.keys() - {name}:
            archive.writestr(other, members[other])
        member = zipfile.ZipInfo(name)
        member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")


def _tree(field: str, value: int, node: int = 0) -> Make:
    def spoil(members: Members) -> None:
        for name in _arrays(members):
            array = np.load(io.BytesIO(members[name]))
            if field in (array.dtype.names or ()):
                array[field][node] = value
                made = io.BytesIO()
                np.save(made, array)
                members[name] = made.getvalue()

    of_forest = field in ("left_child", "right_child", "feature")
    return _changed(spoil, "forest" if of_forest else "boosted")


def _of_itself(schema: dict[str, Any]) -> None:
    schema["content"]["content"]["C"] = {
        name: schema[name] for name in ("__class__", "__module__", "__loader__", "__id__")
    }


REFUSED: Final = "not on this server's list"
CASES: Final = (
    Hostile("skops: 600 MB in 600 kB", "skops", _changed(_inflates), "would inflate to"),
    Hostile("skops: a directory that lies", "skops", _lies, "not a skops model|not of the size"),
    Hostile("skops: 60,000 members", "skops", _changed(_many_members), "members; we load"),
    Hostile("skops: an archive in the archive", "skops", _changed(_nested), "cannot be read"),
    Hostile("skops: a name that climbs out", "skops", _changed(_climbs), "the archive has not"),
    Hostile("skops: a member that is a link", "skops", _link, "cannot be read"),
    Hostile("skops: objects in an array", "skops", _changed(_object_array), "Python objects"),
    Hostile("skops: an array of 8 TB", "skops", _changed(_huge_shape), "not of the size it says"),
    Hostile("skops: a pickle as its schema", "skops",
            _changed(lambda members: members.update({"schema.json": pickle.dumps([1])})),
            "cannot be read"),
    Hostile("skops: nested without end", "skops",
            _changed(lambda members: members.update({"schema.json": b"[" * 200_000})),
            "cannot be read"),
    Hostile("skops: os.system as a function", "skops", _type("FunctionNode", "os", "system"),
            REFUSED),
    Hostile("skops: subprocess as an object", "skops",
            _type("ObjectNode", "subprocess", "Popen"), REFUSED),
    Hostile("skops: a call of a type", "skops",
            _type("ConstructorFromReduceNode", "builtins", "eval"), REFUSED),
    Hostile("skops: a method", "skops",
            _type("MethodNode", "sklearn.pipeline", "Pipeline", content={"func": "fit"}), REFUSED),
    Hostile("skops: a partial application", "skops",
            _type("PartialNode", "functools", "partial"), REFUSED),
    Hostile("skops: an operator", "skops",
            _type("OperatorFuncNode", "operator", "attrgetter", attrs={}), REFUSED),
    Hostile("skops: a type by another's builder", "skops",
            _type("DictNode", "os", "environ"), REFUSED),
    Hostile("skops: an old protocol's laxer builder", "skops",
            _schema(lambda schema: schema.update(protocol=0)), "another skops"),
    Hostile("skops: a numpy function as generator", "skops",
            _type("RandomGeneratorNode", "numpy.random._generator", "Generator", content={
                "bit_generator": {"content": {"bit_generator": {"content": '"seed"'}}}}),
            "would build numpy's random 'seed'"),
    Hostile("skops: a part of itself", "skops", _schema(_of_itself), "refuses the model"),
    Hostile("skops: a tree in a loop", "skops", _tree("left_child", 0, 1), "leads back|two ways"),
    Hostile("skops: a child out of range", "skops", _tree("left_child", 90_000), "points to node"),
    Hostile("skops: a feature out of range", "skops", _tree("feature", 7), "beyond the model's 3"),
    Hostile("skops: a boosted tree in a loop", "skops", _tree("left", 0), "leads back"),
    Hostile("skops: a boosted child out of range", "skops", _tree("right", 2**31),
            "points to node"),
    Hostile("skops: a boosted feature out of range", "skops", _tree("feature_idx", 1000),
            "beyond the model's 3"),
)  # fmt: skip
