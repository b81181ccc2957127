"""Security: whether the model's files are what they say, are safe to open, and behave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from governance.checks.base import Check, CheckInput, Evidence, Parameter

FORMATS = ["onnx", "skops", "xgboost", "lightgbm", "json", "text", "parquet", "arrow", "pdf"]


class _OfFiles(Check):
    """What the checks share: they look at what was found out about the files, never at a file."""

    component = "security"
    needs: ClassVar[frozenset[str]] = frozenset({"case"})
    looks_at: ClassVar[str] = ""

    def measure(self, data: CheckInput, parameters: Mapping[str, Any], seed: int) -> Evidence:
        from governance.checks.engine import guarded

        found: Evidence = getattr(guarded, self.looks_at)(
            self, data, self.settled(parameters), seed
        )
        return found


class Formats(_OfFiles):
    """Whether every file of the version is of a format that is allowed.

    Purpose: Some formats are programs: loading a pickle runs whatever its author wrote. Only
    formats that hold data are taken.

    Mechanism: Holds the format of each file, as its first bytes tell it and not its name, against
    the list of those allowed. Pickles, joblib and torch files and programs are on no default list.

    Limits: An allowed format can still crash the library that reads it; the sandbox is for that.

    Source: NIST SP 800-218A (2024), PW.4; MITRE ATLAS AML.T0010 (ML supply chain compromise).
    """

    id = "security.formats"
    title = "Formats on the allow-list"
    looks_at = "formats"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "allowed": Parameter("list of texts", FORMATS, "Formats allowed."),
    }


class Structure(_OfFiles):
    """Whether the files are the ones registered, and sound inside.

    Purpose: A file changed after it was approved is another model; one that is malformed may
    crash, or take over, what reads it.

    Mechanism: Takes the digests computed again before loading, and what the validator of each
    format found (fields, sizes, operators, trees without cycles).

    Limits: A validator finds what it was written to find.

    Source: CWE-20 and CWE-502; SLSA 1.0, verification of artefacts.
    """

    id = "security.structure"
    title = "Files intact and well formed"
    looks_at = "structure"


class Signature(_OfFiles):
    """Whether the artefact is signed, by whom, and whether the signature is right.

    Purpose: A signature ties the files to those who made them, whatever lay in between.

    Mechanism: Takes whether a signature is there and what verifying it found; where the parameter
    lists them, the signer must be one of those who may sign.

    Limits: As good as the keeping of the key. A signature says who, not how good.

    Source: OpenSSF Model Signing 1.0; SLSA 1.0.
    """

    id = "security.signature"
    title = "Artefact signature"
    looks_at = "signature"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "signers": Parameter("list of texts", None, "Who may sign; anybody if left out."),
    }


class Opcodes(_OfFiles):
    """What pickles among the files would import, read opcode by opcode without loading them.

    Purpose: Shows whether a pickle (joblib, torch) hides a program, before anybody loads it
    somewhere else.

    Mechanism: Follows the opcodes with a symbolic stack, through archives, compressed files,
    several pickles in a row and pickles within pickles, and lists every name that would be
    imported. Each must be on an allow-list: a few exact names of numpy, torch and the standard
    library, and classes (not functions) of estimator libraries. Names put together while loading
    are refused, and so is what cannot be read to its end.

    Limits: An allowed class may still misbehave when it is given bad state. This server never
    loads pickles, whatever the scan says.

    Source: Python documentation, pickletools; Slaviero, Sour Pickles, Black Hat USA (2011).
    """

    id = "security.opcodes"
    title = "Opcodes of pickles"
    looks_at = "opcodes"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "allowed": Parameter("list of texts", None, "Further names allowed: module.name."),
    }


class Dependencies(_OfFiles):
    """Whether the software that the model needs is declared, and pinned to versions.

    Purpose: A model run with other versions is another model; an unpinned dependency is a door
    for whoever publishes the next version.

    Mechanism: Reads the requirements file among the version's files: whether there is one, whether
    every package is pinned to one version, and, where the policy asks, by a hash.

    Limits: Says nothing of known vulnerabilities in those versions.

    Source: SLSA 1.0, provenance; PEP 440 and PEP 508; NIST SP 800-218A (2024), PW.4.
    """

    id = "security.dependencies"
    title = "Dependencies declared and pinned"
    looks_at = "dependencies"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "hashes": Parameter("whole number", 0, "1: every package needs a hash as well.", 0, 1),
    }


class Behaviour(_OfFiles):
    """How the model behaved in the sandbox: did it end well, within its limits, asking nothing.

    Purpose: A model that crashes, hangs, eats memory or reaches for the network is a danger to
    whatever runs it.

    Mechanism: Takes what the child process and its parent recorded: the tier of confinement that
    was reached, how it ended, time and memory against their limits, and what it was refused.

    Limits: One run on the validation data; a model may behave otherwise on other rows.

    Source: CWE-400 and CWE-770; OWASP Machine Learning Security Top 10 (2023), ML06.
    """

    id = "security.behaviour"
    title = "Behaviour in the sandbox"
    looks_at = "behaviour"
    parameters: ClassVar[Mapping[str, Parameter]] = {
        "tier": Parameter("text", "confined", "Least: process, confined or namespaces."),
        "most_share": Parameter(
            "number", 0.8, "Largest share of its time and memory it may use.", 0.01, 1.0
        ),
    }
