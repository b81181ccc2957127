"""Imprimatur for pipelines: register a model, ask for its release, ask whether it may run.

from imprimatur_client import Client

client = Client()  # IMPRIMATUR_URL, IMPRIMATUR_TOKEN
version = client.register_version("mortgage", files="model.onnx", format="onnx", ...)
release = client.request_release("mortgage", version.number, environment="production",
                                 purpose="credit-decisioning", reason="monthly retrain")
for event in client.watch(release):
    print(event.text)
if not client.verdict(version, "production", "credit-decisioning"):
    raise SystemExit(1)
"""

from imprimatur_client._version import __version__
from imprimatur_client.client import Client
from imprimatur_client.errors import (
    ApiError,
    BadInput,
    ClientError,
    Conflict,
    Invalid,
    NotFound,
    NotImprimatur,
    NotReachable,
    NotSignedIn,
    Refused,
    Unavailable,
    WaitedTooLong,
    WrongDigest,
)
from imprimatur_client.events import Event
from imprimatur_client.files import manifest_digest
from imprimatur_client.registering import NewDocument
from imprimatur_client.results import (
    Artifact,
    Check,
    DatasetUse,
    DatasetVersion,
    Document,
    Gate,
    Model,
    Release,
    Slot,
    Verdict,
    Version,
)
from imprimatur_client.session import Patience, Session

__all__ = [
    "ApiError",
    "Artifact",
    "BadInput",
    "Check",
    "Client",
    "ClientError",
    "Conflict",
    "DatasetUse",
    "DatasetVersion",
    "Document",
    "Event",
    "Gate",
    "Invalid",
    "Model",
    "NewDocument",
    "NotFound",
    "NotImprimatur",
    "NotReachable",
    "NotSignedIn",
    "Patience",
    "Refused",
    "Release",
    "Session",
    "Slot",
    "Unavailable",
    "Verdict",
    "Version",
    "WaitedTooLong",
    "WrongDigest",
    "__version__",
    "manifest_digest",
]
