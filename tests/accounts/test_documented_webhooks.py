"""What docs/operating.md says of webhooks is so: its snippet verifies, its table is the table."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from accounts import mlflow_events, webhook_events
from lib.http import signing

TEXT = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()


@pytest.fixture
def is_genuine() -> Any:
    snippet = re.search(r"```python\n(.*?def is_genuine.*?)```", TEXT, re.S)
    assert snippet is not None
    names: dict[str, Any] = {}
    exec(snippet[1], names)
    return names["is_genuine"]


def test_the_tables_of_events_are_the_ones_in_the_code() -> None:
    assert webhook_events.as_markdown() in TEXT
    assert mlflow_events.as_markdown() in TEXT


def test_the_snippet_knows_a_genuine_message(is_genuine: Any) -> None:
    secret, former, body = signing.new_secret(), signing.new_secret(), b'{"type": "x"}'
    now = int(time.time())
    headers = signing.headers([secret, former], event="e", timestamp=now, body=body)
    assert is_genuine(secret, headers, body)
    assert is_genuine(former, headers, body)
    assert not is_genuine(signing.new_secret(), headers, body)
    assert not is_genuine(secret, headers, body + b" ")
    old = signing.headers([secret], event="e", timestamp=now - 400, body=body)
    assert not is_genuine(secret, old, body)
