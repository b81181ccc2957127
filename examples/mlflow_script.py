"""What a team that lives with MLflow runs: train, log, register, ask for the release, load.

    export MLFLOW_REGISTRY_URI=http://localhost:8000        # the one line that changes
    export MLFLOW_TRACKING_TOKEN=$(make -s token ROLE=ci)   # of this server
    python examples/mlflow_script.py credit --purpose decide

Runs are logged wherever MLFLOW_TRACKING_URI says; the registry is this server. Needs mlflow-skinny
(or mlflow), pandas, scikit-learn and skops, and imprimatur-client for the release.
Exit code: 0 allow, 1 deny, 2 nobody has decided yet.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.request
from tempfile import TemporaryDirectory
from urllib.parse import quote

import mlflow
import numpy as np
import pandas as pd
from imprimatur_client import Client, NewDocument, WaitedTooLong
from mlflow.models import infer_signature
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from sklearn.linear_model import LogisticRegression

URL = os.environ.get("MLFLOW_REGISTRY_URI", "http://localhost:8000").rstrip("/")
TOKEN = os.environ.get("MLFLOW_TRACKING_TOKEN", "")
CARD = "# Credit\n\nLogistic regression on income and debt, of invented applicants.\n"


def train() -> tuple[LogisticRegression, pd.DataFrame]:
    """A small model, and the table it was trained on."""
    draw = np.random.default_rng(1)
    table = pd.DataFrame({"income": draw.gamma(6, 10, 500), "debt": draw.beta(2, 5, 500)})
    paid = draw.random(500) < 1 / (1 + np.exp(-0.05 * (table.income - 50) + 6 * (table.debt - 0.3)))
    return LogisticRegression().fit(table, paid), table


def register(name: str) -> int:
    """Logs the model to the tracking store and registers it here, with its files."""
    model, table = train()
    with mlflow.start_run(), TemporaryDirectory() as folder:
        mlflow.log_param("rows", len(table))
        path = f"{folder}/model"
        mlflow.sklearn.save_model(
            model,
            path,
            signature=infer_signature(table, model.predict(table)),
            serialization_format="skops",  # loading it runs nobody's code, so checks can run it
            pip_requirements=["scikit-learn", "skops"],
        )
        mlflow.log_artifacts(path, "model")
        version = mlflow.register_model(mlflow.get_artifact_uri("model"), name)
        # The registry keeps the files as well: what was hashed is what is loaded later.
        place = f"{URL}/api/2.0/mlflow-artifacts/artifacts/versions/{quote(name)}/{version.version}"
        get_artifact_repository(place).log_artifacts(path)
    return int(version.version)


def seal(name: str, number: int, seconds: float = 300) -> str:
    """Has the files hashed for good; the version's digest. Asking again is asking how far it is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        request = urllib.request.Request(
            f"{URL}/api/v1/models/{quote(name)}/versions/{number}/seal",
            data=b"{}",
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            told = json.load(response)
        if told["digest"]:
            return str(told["digest"])
        time.sleep(1)
    sys.exit(f"{name} v{number} is not sealed: {told['error'] or told['state']}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Train, register, ask for the release, load.")
    parser.add_argument("model")
    parser.add_argument("--environment", default="production")
    parser.add_argument("--purpose", required=True)
    parser.add_argument("--timeout", type=float, default=3600.0, help="seconds to wait for people")
    given = parser.parse_args()
    mlflow.set_registry_uri(URL)
    number = register(given.model)
    print(f"{given.model} v{number} is sealed: {seal(given.model, number)}", flush=True)
    client = Client(URL, TOKEN)
    client.file_document(given.model, number, NewDocument("model_card", CARD.encode()))
    release = client.request_release(
        given.model,
        number,
        environment=given.environment,
        purpose=given.purpose,
        reason="trained anew",
    )
    try:
        for event in client.watch(release, timeout=given.timeout):
            print(event.text, flush=True)
    except WaitedTooLong:
        return 2
    verdict = client.verdict(client.release(release), given.environment, given.purpose)
    print(f"verdict: {'allow' if verdict.allow else 'deny'}", flush=True)
    if not verdict.allow:
        return 1
    champion = mlflow.pyfunc.load_model(f"models:/{given.model}@champion")
    asked = pd.DataFrame({"income": [80.0, 20.0], "debt": [0.1, 0.8]})
    print(f"the champion says: {np.asarray(champion.predict(asked)).astype(int).tolist()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
