"""What a check is: inputs, parameters, and the evidence it returns. Imports nothing heavy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

JSON = dict[str, Any]


class CheckError(Exception):
    """The check cannot run on this input; the text is a sentence that says what to mend.

    Callers turn it into the verdict ``error``, which is never a fail and never a pass.
    """

    @property
    def sentence(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Measurement:
    """One number with its interval. ``value`` None means not computable; ``note`` says why."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    n: int = 0
    group: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Rows to show as they are: strings are text, numbers are right-aligned by the page."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite spec with its data inside; ``alt`` says in words what the picture shows."""

    title: str
    alt: str
    spec: JSON


@dataclass(frozen=True)
class Evidence:
    """All that a check found. ``facts`` is what the judge and a re-run need, as plain JSON."""

    measurements: tuple[Measurement, ...]
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    sentence: str = ""
    facts: JSON = field(default_factory=dict)

    def to_json(self) -> JSON:
        """Plain JSON types only, every number finite: ready for canonical JSON and its digest."""
        plain: JSON = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if hasattr(value, "item"):  # a numpy scalar
        return _plain(value.item())
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("evidence holds a number that is not finite; use None and a note")
        return value
    return str(value)


@dataclass(frozen=True)
class CheckInput:
    """Where a check finds its data; files are read on demand, only the columns asked for.

    ``data`` is the validation set: a file (Parquet, CSV or Arrow) or a folder of shards of one
    kind, in order of name. ``scores`` is the child's ``scores.arrow`` (row, score, prediction;
    for several classes one column ``score_<class>`` each), in the order of ``data``. ``task`` is
    binary, multiclass, regression or ranking. ``favourable`` is the label value that counts as
    the good outcome; predictions are 1 where the model gives it. ``weight`` names a column of
    sample weights. ``group_names`` maps a sensitive column's stored values, as text, to the names
    that people read.

    ``reference`` and ``training`` are the other datasets of the version; ``training_scores`` and
    ``champion_scores`` score the training set, and the same rows by the champion. ``probes`` holds
    scores of altered copies of the rows by name of the alteration. ``case`` is what the registry
    knows: documents, people, datasets, lineage, files and how the model behaved when it ran.

    ``counts`` is a counts file (``governance.counting.files``) that stands for rows and scores:
    only checks that ``accept`` counts are handed one, and ``data`` names no rows then.
    """

    data: Path
    label: str
    features: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    scores: Path | None = None
    explanations: Path | None = None
    explanation_facts: Path | None = None
    favourable: Any = 1
    group_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    feature_names: Mapping[str, str] = field(default_factory=dict)
    task: str = "binary"
    weight: str = ""
    reference: Path | None = None
    training: Path | None = None
    training_scores: Path | None = None
    champion_scores: Path | None = None
    probes: Mapping[str, Path] = field(default_factory=dict)
    case: Mapping[str, Any] = field(default_factory=dict)
    counts: Path | None = None


_KINDS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "whole number": (int,),
    "number": (int, float),
    "text or list of texts": (str, list, tuple),
    "list of texts": (list, tuple),
}


@dataclass(frozen=True)
class Parameter:
    """One setting of a check: its kind (a key of ``_KINDS``), default, range and help."""

    kind: str
    default: Any
    help: str
    least: float | None = None
    most: float | None = None
    choices: tuple[Any, ...] = ()

    def problem(self, name: str, value: Any) -> str | None:
        """What is wrong with ``value``, as a sentence; None if nothing."""
        if value is None and self.default is None:
            return None
        if isinstance(value, bool) or not isinstance(value, _KINDS[self.kind]):
            return f"'{name}' must be a {self.kind}, not {value!r}."
        if isinstance(value, (list, tuple)):
            if not value or not all(isinstance(item, str) and item for item in value):
                return f"'{name}' must list at least one text."
        elif isinstance(value, str):
            if not value.strip():
                return f"'{name}' must not be empty."
            if self.choices and value not in self.choices:
                return f"'{name}' must be one of {', '.join(self.choices)}, not '{value}'."
        elif isinstance(value, (int, float)):
            return self._number_problem(name, value)
        return None

    def _number_problem(self, name: str, value: float) -> str | None:
        if not math.isfinite(value):
            return f"'{name}' must be a finite number."
        if self.least is not None and value < self.least:
            return f"'{name}' must be at least {self.least:g}, not {value:g}."
        if self.most is not None and value > self.most:
            return f"'{name}' must be at most {self.most:g}, not {value:g}."
        if self.choices and value not in self.choices:
            allowed = ", ".join(str(choice) for choice in self.choices)
            return f"'{name}' must be one of {allowed}, not {value!r}."
        return None


CONFIDENCE = Parameter(
    "number", 0.90, "Confidence of the intervals shown (the gate always uses 0.90 and 0.95).",
    choices=(0.90, 0.95),
)  # fmt: skip


class Check:
    """One kind of measurement. A subclass in any module of the package is found by ``catalog``.

    Its docstring has the sections Purpose, Mechanism, Limits and Source and is shown to people as
    it is.
    """

    id: ClassVar[str] = ""
    version: ClassVar[str] = "1"
    title: ClassVar[str] = ""
    component: ClassVar[str] = ""
    needs: ClassVar[frozenset[str]] = frozenset({"scores"})
    may_use: ClassVar[frozenset[str]] = frozenset()
    """What it takes besides where it is to be had, and does without where it is not."""
    accepts: ClassVar[frozenset[str]] = frozenset()
    """``counts`` when it can be measured on a counts file instead of rows."""
    exact_on_counts: ClassVar[bool] = True
    """Whether counts give what rows give, bit for bit; else rows are preferred where they are."""
    asks_registry: ClassVar[bool] = False
    """Whether it asks for what no file holds: people, documents, where data come from."""
    judged: ClassVar[tuple[str, ...]] = ()
    """Measurements that a policy may bound, of a check that comes from another distribution."""
    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @property
    def reads(self) -> frozenset[str]:
        """All that it takes when it is there."""
        return self.needs | self.may_use

    def problems(self, parameters: Mapping[str, Any]) -> list[str]:
        """Every problem with ``parameters`` as a sentence; empty when they are fine."""
        known = ", ".join(sorted(self.parameters)) or "none"
        found = [
            f"{self.id} has no parameter '{name}'; it knows {known}."
            for name in parameters
            if name not in self.parameters
        ]
        for name, parameter in self.parameters.items():
            if name in parameters:
                problem = parameter.problem(name, parameters[name])
                if problem:
                    found.append(f"{self.id}: {problem}")
        return found

    def settled(self, parameters: Mapping[str, Any]) -> JSON:
        """``parameters`` with every default filled in. Raises CheckError if any is wrong."""
        found = self.problems(parameters)
        if found:
            raise CheckError(" ".join(found))
        return {
            name: parameters.get(name, known.default) for name, known in self.parameters.items()
        }

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        """Measure ``data``. The same data, parameters and seed give the same evidence, bit for bit.

        Raises CheckError when the input is wrong. Too little data is no error: the measurement has
        no value and its note says why.
        """
        raise NotImplementedError

    def groups_compared(self, attribute: Sequence[str] | str | None) -> tuple[str, ...]:
        """``attribute`` as a tuple of column names."""
        if attribute is None:
            return ()
        return (attribute,) if isinstance(attribute, str) else tuple(attribute)
