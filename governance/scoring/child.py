"""The child process: reads ``job.json``, scores the rows of ``input.arrow``, writes Arrow files.

Started by ``launch`` as ``python -I child.py`` with an empty environment in a folder of its own.
Says how far it is on stdout, one JSON object a line: ``{"progress": 0.4, "note": "..."}``, and
``{"error": "sentence", "kind": "..."}`` with exit code 3 when the model or the data cannot be used.
``facts.json`` is written when the rows are scored, explained and timed, and again after each
further table: what a crash on one of those leaves behind is still whole.
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
from governance.scoring.failing import NO_MEMORY
from governance.scoring.legible import legible

if TYPE_CHECKING:
    from governance.scoring.answers import Answers, Columns, Model
    from governance.scoring.rows import Rows

UNUSABLE = 3
_OUT = sys.stdout


def main() -> int:
    started = time.perf_counter()
    job = json.loads(Path("job.json").read_text())
    # Imported before the doors close, because the project's folder is not readable afterwards.
    from governance.scoring import explain, given, opening, rows, timing  # noqa: F401
    from governance.scoring.answers import Malformed, Unusable

    opening.prepare(job["format"])
    try:
        reached = confined(job)
    except sandbox.NotReached as error:
        _say(error=f"The sandbox could not be set up: {error}.", kind="sandbox")
        return UNUSABLE
    _say(sandbox=reached)
    try:
        Scoring(Path(), job, {"sandbox": reached}, started).run()
    except Unusable as error:
        _say(error=str(error), kind="malformed" if isinstance(error, Malformed) else "unusable")
        return UNUSABLE
    except MemoryError:
        _say(error=NO_MEMORY, kind="memory")
        return UNUSABLE
    _say(progress=1.0)
    return 0


def confined(job: dict[str, Any]) -> dict[str, Any]:
    """Shuts this process in as the job says and returns what was reached. Raises NotReached."""
    from governance.scoring import opening

    reached = sandbox.confine_as(job)
    # Libraries are read from where they still may be, and start threads that are confined too.
    opening.import_libraries(job["format"])
    sandbox.close(reached)
    return reached


def _say(**line: Any) -> None:
    _OUT.write(json.dumps(line) + "\n")
    _OUT.flush()


class Scoring:
    """One job from reading to the last table, and the facts it gathers on the way."""

    def __init__(
        self, folder: Path, job: dict[str, Any], facts: dict[str, Any], started: float
    ) -> None:
        from governance.scoring.answers import Asked

        self._folder, self._job, self._started = folder, job, started
        self._asked = Asked(
            task=job["task"],
            features=tuple(job["features"]),
            favourable=job["favourable"],
            classes=tuple(job["classes"]),
        )
        self._timings: dict[str, Any] = dict(job["timings"])
        self._libraries = ["numpy", "pyarrow"]
        self._facts = facts | {
            "format": job["format"],
            "task": job["task"],
            "timings": self._timings,
            "explained": False,
            "others": {},
        }

    def run(self) -> None:
        from governance.scoring import rows

        _say(progress=0.02, note="reading")
        clock, used = time.perf_counter(), time.process_time()
        columns = rows.read(self._folder / "input.arrow")
        self._timings["read"] = _since(clock)
        self._timings["read_processor"] = round(time.process_time() - used, 3)
        model = None if self._job["format"] == "predictions" else self._opened()
        _say(progress=0.1, note="scoring")
        clock, used = time.perf_counter(), time.process_time()
        answers = self._answers(model, columns)
        self._facts["rows"] = self._written(answers, "scores.arrow")
        self._facts |= {"score_from": answers.source, "classes": list(answers.classes)}
        self._timings["score"] = _since(clock)
        self._timings["score_processor"] = round(time.process_time() - used, 3)
        _say(progress=0.3, note="scored")
        if model is not None:
            if self._job["explain"]:
                self._explain(model, columns)
            if self._job["time_single"]:
                self._time(model, columns)
        self._keep()
        self._others(model)

    def _opened(self) -> Model:
        from governance.scoring import opening

        clock = time.perf_counter()
        model = opening.opened(self._job["format"], self._folder / "model", self._asked)
        taken = time.perf_counter() - clock
        self._timings |= {"load": round(taken, 3), "load_ms": round(taken * 1000, 3)}
        self._libraries += model.libraries
        self._facts["structure"] = {"ok": True, "sentence": model.structure}
        return model

    def _answers(self, model: Model | None, columns: Rows) -> Answers:
        from governance.scoring import given
        from governance.scoring.answers import for_every_row

        if model is not None:
            return for_every_row(model.answers(columns), columns.rows)
        return given.answers(columns, self._asked, self._job["score"], self._job["prediction"])

    def _written(self, answers: Answers, name: str) -> int:
        from governance.scoring import rows

        return rows.write_scores(answers, self._job["threshold"], self._folder / name)

    def _explain(self, model: Model, columns: Columns) -> None:
        """Explanations that cannot be made are missing, with the reason; the scores stand."""
        from governance.scoring import rows
        from governance.scoring.answers import Unusable
        from governance.scoring.explain import Plan, explain

        clock, used = time.perf_counter(), time.process_time()
        asked = self._job["explain"] | {"only": tuple(self._job["explain"]["only"])}
        _say(progress=0.32, note="explaining")
        try:
            found = explain(
                model, columns, self._asked, Plan(**asked),
                lambda share: _say(progress=round(0.32 + 0.5 * share, 3), note="explaining"),
            )  # fmt: skip
        except Unusable as error:
            self._facts["not_explained"] = str(error)
            return
        rows.write_contributions(found, self._asked.features, self._folder / "explanations.arrow")
        found.facts["libraries"] |= {name: version(_sold_as(name)) for name in model.libraries}
        (self._folder / "explanations.json").write_text(json.dumps(found.facts, sort_keys=True))
        self._facts["explained"] = True
        self._timings["explain"] = _since(clock)
        self._timings["explain_processor"] = round(time.process_time() - used, 3)

    def _time(self, model: Model, columns: Columns) -> None:
        from governance.scoring import timing

        _say(progress=0.83, note="timing")
        self._timings["single_ms"] = timing.single_rows(model, columns, self._job["time_single"])

    def _others(self, model: Model | None) -> None:
        from governance.scoring import rows
        from governance.scoring.answers import Unusable

        others = self._job["others"]
        for place, (name, (source, target)) in enumerate(others.items()):
            _say(progress=round(0.85 + 0.15 * place / len(others), 3), note="scoring more")
            clock = time.perf_counter()
            try:
                answers = self._answers(model, rows.read(self._folder / source))
                self._written(answers, target)
                self._timings.setdefault("others", {})[name] = _since(clock)
                self._facts["others"][name] = ""
            except Unusable as error:
                self._facts["others"][name] = str(error)
            except MemoryError:
                self._facts["others"][name] = NO_MEMORY
            self._keep()

    def _keep(self) -> None:
        self._timings["total"] = _since(self._started)
        self._facts["peak_memory_kib"] = _peak()
        self._facts["libraries"] = {
            "python": sys.version.split()[0],
            **{name: version(_sold_as(name)) for name in self._libraries},
        }
        made = self._folder / "facts.new"
        made.write_text(json.dumps(legible(self._facts), sort_keys=True))
        made.replace(self._folder / "facts.json")


def _since(clock: float) -> float:
    return round(time.perf_counter() - clock, 3)


def _sold_as(library: str) -> str:
    """The distribution that a library comes in, where it has another name."""
    return {"xgboost": "xgboost-cpu"}.get(library, library)


def _peak() -> int:
    """The most memory held since this program began (getrusage may count what started it)."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


if __name__ == "__main__":
    code = main()
    _OUT.flush()
    os._exit(code)  # a model's library may hang or crash in its own teardown
