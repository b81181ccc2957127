"""The child process: reads ``job.json``, scores the rows of ``input.arrow``, writes Arrow files.

Started by ``launch`` as ``python -I child.py`` with an empty environment in a folder of its own.
Says how far it is on stdout, one JSON object a line: ``{"progress": 0.4, "note": "..."}``, and
``{"error": "sentence"}`` with exit code 3 when the model or the data cannot be used.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    # Isolated mode keeps the script's own folder off the path; the package is found from its root.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from governance.scoring import sandbox

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from governance.scoring.onnx_model import OnnxClassifier

UNUSABLE = 3
_WARM, _TIMING_SECONDS = 20, 5.0
_OUT = sys.stdout


def main() -> int:
    started = time.perf_counter()
    folder = Path.cwd()
    job = json.loads((folder / "job.json").read_text())
    # Imported before the doors close, because the project's folder is not readable afterwards.
    from governance.scoring import explain, onnx_model  # noqa: F401

    reached = sandbox.confine(
        folder,
        parent=job["parent"],
        memory=job["limits"]["memory"],
        seconds=job["limits"]["cpu_seconds"],
        file_size=job["limits"]["file_size"],
    )
    try:
        facts, timings = _work(folder, job)
    except onnx_model.Unusable as error:
        _say(error=str(error))
        return UNUSABLE
    except MemoryError:
        _say(error="The model needs more memory than it may have.")
        return UNUSABLE
    timings["total"] = round(time.perf_counter() - started, 3)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts |= {"sandbox": reached, "timings": timings, "peak_memory_kib": peak}
    (folder / "facts.json").write_text(json.dumps(facts, sort_keys=True))
    _say(progress=1.0)
    return 0


def _say(**line: Any) -> None:
    _OUT.write(json.dumps(line) + "\n")
    _OUT.flush()


def _work(folder: Path, job: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    _say(progress=0.02, note="reading")
    table = _read(folder / "input.arrow")
    timings: dict[str, Any] = {}
    libraries = ["numpy", "pyarrow"]
    clock = time.perf_counter()
    if job["format"] == "onnx":
        from governance.scoring.onnx_model import OnnxClassifier

        columns = {name: _array(table.column(name)) for name in job["features"]}
        model = OnnxClassifier(folder / "model.onnx", job["features"], job["favourable"])
        timings["load"] = _since(clock)
        _say(progress=0.1, note="scoring")
        clock = time.perf_counter()
        score, prediction, source_of = model.outputs(columns)
        libraries += ["onnxruntime", "onnx"]
    else:
        score, prediction, source_of = _given(table, job)
        model = None
    _write_scores(folder / "scores.arrow", score, prediction, job.get("threshold"))
    timings["score"] = _since(clock)
    facts = {"rows": table.num_rows, "format": job["format"], "score_from": source_of}
    _say(progress=0.3, note="scored")
    if job.get("explain") and model is not None:
        clock = time.perf_counter()
        _explain(folder, job, model, columns)
        timings["explain"] = _since(clock)
        libraries.append("shap")
    if model is not None and job["time_single"]:
        timings["single_ms"] = _timed(model, columns, job["time_single"])
    facts["others"] = _others(folder, job, model)
    facts["explained"] = bool(job.get("explain") and model is not None)
    facts["libraries"] = {
        "python": sys.version.split()[0],
        **{name: version(name) for name in libraries},
    }
    return facts, timings


def _read(path: Path) -> pa.Table:
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def _others(folder: Path, job: dict[str, Any], model: OnnxClassifier | None) -> dict[str, str]:
    """Scores the further tables; says of each that cannot be scored why."""
    from governance.scoring.onnx_model import Unusable

    failed = {}
    for name, place in job["tables"].items():
        table = _read(folder / f"input-{place}.arrow")
        try:
            if model is None:
                score, prediction, _ = _given(table, job)
            else:
                columns = {one: _array(table.column(one)) for one in job["features"]}
                score, prediction, _ = model.outputs(columns)
        except Unusable as error:
            failed[name] = str(error)
            continue
        _write_scores(folder / f"scores-{place}.arrow", score, prediction, job.get("threshold"))
    return failed


def _timed(model: OnnxClassifier, columns: dict[str, NDArray[Any]], calls: int) -> list[float]:
    """Milliseconds of ``calls`` answers of one row each, or of as many as fit the time for it."""
    rows = len(next(iter(columns.values())))
    found: list[float] = []
    begun = time.perf_counter()
    for call in range(_WARM + calls):
        one = {name: values[call % rows : call % rows + 1] for name, values in columns.items()}
        clock = time.perf_counter()
        model.score(one)
        now = time.perf_counter()
        if call >= _WARM:
            found.append(round((now - clock) * 1000, 4))
        if now - begun > _TIMING_SECONDS:
            break
    return found


def _since(clock: float) -> float:
    return round(time.perf_counter() - clock, 3)


def _array(column: pa.ChunkedArray) -> NDArray[Any]:
    """Numbers as float64 with empty values as NaN; anything else as objects."""
    import numpy as np
    import pyarrow as pa

    kind = column.type
    if pa.types.is_boolean(kind):
        column, kind = column.cast(pa.int8()), pa.int8()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return np.asarray(
            column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64
        )
    return np.array(column.to_pylist(), dtype=object)


def _given(table: pa.Table, job: dict[str, Any]) -> tuple[NDArray[Any], NDArray[Any], str]:
    """Scores and decisions that came with the data: predictions only, there is no model."""
    import numpy as np

    from governance.scoring.onnx_model import Unusable, same

    score = _array(table.column(job["score_column"]))
    if score.dtype.kind != "f":
        raise Unusable(f"The score column '{job['score_column']}' holds text, not numbers.")
    decided = job.get("prediction_column")
    if decided is None:
        cut = job.get("threshold") if job.get("threshold") is not None else 0.5
        return score, (score >= cut).astype(np.int8), "column"
    values = _array(table.column(decided))
    return score, same(values, job["favourable"]), "column"


def _write_scores(
    path: Path, score: NDArray[np.float64], prediction: NDArray[np.int8], threshold: float | None
) -> None:
    import numpy as np
    import pyarrow as pa

    if threshold is not None:
        prediction = (score >= threshold).astype(np.int8)
    rows = pa.table(
        {
            "row": pa.array(np.arange(len(score), dtype=np.int64)),
            "score": pa.array(score, type=pa.float64()),
            "prediction": pa.array(prediction, type=pa.int8()),
        }
    )
    _write(rows, path)


def _explain(
    folder: Path, job: dict[str, Any], model: OnnxClassifier, columns: dict[str, NDArray[Any]]
) -> None:
    import pyarrow as pa

    from governance.scoring.explain import Plan, explain

    plan = Plan(**{**job["explain"], "only": tuple(job["explain"]["only"])})
    _say(progress=0.32, note="explaining")
    found = explain(
        model.score, columns, job["features"], plan,
        lambda share: _say(progress=round(0.35 + 0.6 * share, 3), note="explaining"),
    )  # fmt: skip
    values = {name: pa.array(found.values[:, place]) for place, name in enumerate(job["features"])}
    _write(pa.table({"row": pa.array(found.row_ids), **values}), folder / "explanations.arrow")
    said = {
        "base_value": found.base,
        "additivity_error": found.additivity_error,
        "rows": len(found.row_ids),
        "row_ids": found.row_ids.tolist(),
        "background": len(found.background_ids),
        "background_ids": found.background_ids.tolist(),
        "permutations": plan.permutations,
        "seed": plan.seed,
        "method": "shap.explainers.Permutation over an independent background",
        "libraries": {"shap": version("shap")},
    }
    (folder / "explanations.json").write_text(json.dumps(said, sort_keys=True))


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


if __name__ == "__main__":
    code = main()
    _OUT.flush()
    os._exit(code)  # a model's library may hang or crash in its own teardown
