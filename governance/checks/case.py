"""What the registry knows about a release, as plain JSON: the shape of ``CheckInput.case``.

Whoever runs the checks fills it; everything may be missing, and a check that needs a missing part
says so ("unknown") instead of guessing. Times are ISO 8601 text with a zone; checks look at no
clock, ``as_of`` is their now. Paths are manifest paths. Nothing here holds a row of data.
"""

from __future__ import annotations

from typing import Any, TypedDict


class Column(TypedDict, total=False):
    """One declared column: the dataset version's ``schema``, with what may be said besides.

    ``type`` is number, integer, text, boolean, date or datetime (Arrow and Polars names are
    understood too). ``known_at`` is ``before`` or ``after`` the outcome the label records.
    ``derived_from`` names columns that it is computed of. ``monotone`` is ``increasing`` or
    ``decreasing``: how the score must move with it. ``unit_factor`` is the unit error most to be
    feared (1000 for thousands). ``quasi_identifier`` marks what outsiders may know of a person.
    """

    name: str
    type: str
    title: str
    description: str
    minimum: float
    maximum: float
    nullable: bool
    categories: list[Any]
    known_at: str
    derived_from: list[str]
    monotone: str
    unit_factor: float
    quasi_identifier: bool


class Profile(TypedDict, total=False):
    """The reference in bins, per column: what drift is measured against without its rows.

    ``kind`` number: ``edges`` are the inner edges, a value belongs to the bin at or above one;
    ``names`` are what people call the bins, where a column has few values.
    ``kind`` category: ``values`` are the categories kept by name, as text. ``counts`` has one
    count for each bin or category, in order; ``other`` counts the categories beyond those and
    ``missing`` the empty values.
    """

    kind: str
    edges: list[float]
    names: list[str]
    values: list[str]
    counts: list[int]
    other: int
    missing: int


class People(TypedDict, total=False):
    """Pseudonymous ids, or names, of those who answer for the model; empty when nobody does."""

    owner: str
    developer: str
    validator: str
    accountable: str


class Plan(TypedDict, total=False):
    """A plan on record: what it says (or where it stands), who carries it, since when."""

    text: str
    responsible: str
    agreed_at: str


class Plans(TypedDict, total=False):
    monitoring: Plan
    rollback: Plan
    human_oversight: Plan


class Document(TypedDict, total=False):
    kind: str
    title: str
    digest: str
    created_at: str


class Lineage(TypedDict, total=False):
    """``run`` is the training run's id; ``inputs`` its dataset versions (name, role, digest)."""

    run: str
    code_commit: str
    inputs: list[dict[str, str]]
    model_digest: str


class DatasetUse(TypedDict, total=False):
    """A dataset version and the role it has for this model version.

    ``personal_data`` is ``none``, or the class of personal data in it. ``retain_until`` is a date.
    """

    name: str
    role: str
    digest: str
    licence: str
    consent: str
    purpose: str
    personal_data: str
    retention: str
    retain_until: str


class Structure(TypedDict, total=False):
    """What the validator of a file's format found; ``ok`` None when none has looked."""

    ok: bool | None
    sentence: str


class File(TypedDict, total=False):
    """One file of the manifest. ``format`` is what its first bytes say, not its name.

    ``digest_ok`` is whether it was hashed again with the recorded result.
    """

    path: str
    digest: str
    size: int
    format: str
    digest_ok: bool
    structure: Structure


class Signature(TypedDict, total=False):
    """The artefact's signature; ``verified`` None when no key was there to verify it with."""

    present: bool
    verified: bool | None
    signer: str
    sentence: str


class Scan(TypedDict, total=False):
    """What ``engine.pickles.scan`` found in one file."""

    kind: str
    complete: bool
    globals: list[str]
    opcodes: int
    problems: list[str]


class Dependency(TypedDict, total=False):
    name: str
    version: str
    pinned: bool
    hashed: bool


class Dependencies(TypedDict, total=False):
    """``engine.manifests.parse`` of the requirements file in the manifest."""

    path: str
    items: list[Dependency]


class Sandbox(TypedDict, total=False):
    """How the child behaved: ``exit_code`` 0 ended well, ``signal`` names what killed it.

    ``refused`` lists what it tried and was not let (sockets, files, processes).
    """

    tier: str
    exit_code: int
    signal: str
    timed_out: bool
    out_of_memory: bool
    refused: list[str]
    seconds: float
    limit_seconds: float
    peak_memory_kib: int
    limit_memory_kib: int


class Timings(TypedDict, total=False):
    """``single_ms``: one number per call that scored one row, after warming up."""

    single_ms: list[float]
    load_ms: float


class Case(TypedDict, total=False):
    """Everything. ``probes`` is ``engine.alterations.described`` of what was scored."""

    as_of: str
    changed_at: str
    schema: list[Column]
    profiles: dict[str, Profile]
    people: People
    plans: Plans
    documents: list[Document]
    documents_wanted: list[str]
    lineage: Lineage
    datasets: list[DatasetUse]
    files: list[File]
    signature: Signature
    scan: dict[str, Scan]
    dependencies: Dependencies
    sandbox: Sandbox
    timings: Timings
    probes: dict[str, Any]


CASE_KEYS = frozenset(Case.__annotations__)
