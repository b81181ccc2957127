"""Stands in for a child that a model has taken over: it leaves what the test made, and ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from governance.scoring import launch

FACTS: dict[str, Any] = {
    "format": "onnx", "task": "binary", "rows": 200, "score_from": "probability", "classes": [],
    "timings": {"total": 0.1, "single_ms": [0.2], "others": {}}, "explained": False, "others": {},
    "structure": {"ok": True, "sentence": "Sound."}, "libraries": {"numpy": "1"},
    "peak_memory_kib": 1000, "sandbox": {},
}  # fmt: skip
EXPLANATION: dict[str, Any] = {
    "method": "m", "link": "identity", "rows": 2, "row_ids": [3, 5], "outputs": [0.5, 0.5],
    "base_value": 0.5, "additivity_error": 0.0, "background": 1, "background_ids": [0],
    "permutations": 2, "seed": 0, "chosen": "sampled", "libraries": {"numpy": "1"},
}  # fmt: skip


def scores(rows: int = 200, **columns: Any) -> pa.Table:
    """As a good child answers; ``columns`` take the place of its own."""
    own = {
        "row": pa.array(np.arange(rows)),
        "score": pa.array(np.full(rows, 0.5)),
        "prediction": pa.array(np.ones(rows, np.int8)),
    }
    return pa.table({name: made for name, made in (own | columns).items() if made is not None})


def contributions(**columns: Any) -> pa.Table:
    own = {
        "row": pa.array([3, 5]),
        **dict.fromkeys(("income", "debt", "age"), pa.array([0.1, 0.2])),
    }
    return pa.table(own | columns)


def write(table: pa.Table, path: Path, **options: Any) -> None:
    how = pa.ipc.IpcWriteOptions(**options)
    with (
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, table.schema, options=how) as out,
    ):
        out.write_table(table)


def left(folder: Path, facts: Any = None, explanation: Any = None) -> Path:
    """What a good child leaves, with ``facts`` and ``explanation`` in place of its own."""
    folder.mkdir()
    write(scores(), folder / "scores.arrow")
    (folder / "facts.json").write_text(json.dumps(FACTS | (facts or {})))
    write(contributions(), folder / "explanations.arrow")
    (folder / "explanations.json").write_text(json.dumps(EXPLANATION | (explanation or {})))
    return folder


def take_over(folder: Path, monkeypatch: Any, then: str = "") -> None:
    """From now on a child leaves the files of ``folder``, links and pipes as they are; ``then`` is
    what it does at last."""
    program = folder.with_name("child.py")
    program.write_text(
        "import json, os, pathlib, shutil, signal\n"
        "print(json.dumps({'sandbox': {'tier': 'confined'}}), flush=True)\n"
        f"for one in pathlib.Path({str(folder)!r}).iterdir():\n"
        "    if one.is_fifo():\n"
        "        os.mkfifo(one.name)\n"
        "    else:\n"
        "        shutil.copyfile(one, one.name, follow_symlinks=False)\n"
        f"{then}\n"
    )
    monkeypatch.setattr(launch, "CHILD", program)
