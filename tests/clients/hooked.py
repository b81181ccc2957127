"""Runs inside the environment of an MLflow client: makes a webhook as a team does, and verifies
what arrived with MLflow's own code.

    python hooked.py make URL RECEIVER     -> what the client saw
    python hooked.py verify SECRET < heard -> per message: is it signed, are the fields MLflow's
"""

from __future__ import annotations

import json
import sys
from typing import Any

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.webhooks import delivery, types

SECRET = "test-secret-key"
EVENTS = ["registered_model.created", "model_version_tag.set"]


def make(url: str, receiver: str) -> dict[str, Any]:
    client = MlflowClient(tracking_uri=url, registry_uri=url)
    made = client.create_webhook("ci", receiver, EVENTS, description="starts", secret=SECRET)
    tried = client.test_webhook(made.webhook_id)
    listed = client.list_webhooks(max_results=10)
    changed = client.update_webhook(made.webhook_id, name="cd", status="DISABLED")
    again = client.update_webhook(made.webhook_id, status="ACTIVE")
    seen = {
        "events": [str(event) for event in made.events],
        "read": repr(client.get_webhook(made.webhook_id)) == repr(again),
        "listed": [each.webhook_id == made.webhook_id for each in listed],
        "tried": [tried.success, tried.response_status, tried.error_message],
        "changed": [changed.name, str(changed.status), str(again.status), again.description],
    }
    try:
        client.update_webhook(made.webhook_id, url=f"{receiver}&moved=1")
    except MlflowException as error:
        seen["refused"] = error.error_code
    return seen


def verify(secret: str, heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_verified(secret, each["headers"], each["body"]) for each in heard]


def _verified(secret: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    told = json.loads(body)
    wanted = delivery._generate_hmac_signature(
        secret, headers["x-mlflow-delivery-id"], headers["x-mlflow-timestamp"], body
    )
    kinds = {
        f"{entity}.{act}": each for (entity, act), each in types.EVENT_TO_PAYLOAD_CLASS.items()
    }
    event = f"{told['entity']}.{told['action']}"
    return {
        "event": event,
        "signed": headers["x-mlflow-signature"] == wanted,
        "fields": set(told["data"]) == set(kinds[event].__annotations__),
    }


if __name__ == "__main__":
    act, *rest = sys.argv[1:]
    print(json.dumps(make(*rest) if act == "make" else verify(*rest, json.load(sys.stdin))))
