"""The witness stops at files that are not its own, and waits for no answer without end."""

from __future__ import annotations

import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from audit.cosignatures import WitnessSigningKey
from lib.fetch import FetchError, fetch
from tests.audit.fake_log import FakeLog
from tests.audit.looking import beside, look


@pytest.mark.parametrize(
    "changed", [{"checkpoint": "x"}, {"checkpoint": 1}, {"keys": [1]}, {"witness": "another"}]
)
def test_a_damaged_store_stops_it(
    fake_log: FakeLog, log_url: str, store: Path, changed: dict[str, Any]
) -> None:
    fake_log.grow(5)
    assert look(log_url, store) == 0
    store.write_text(json.dumps(json.loads(store.read_text()) | changed))
    assert look(log_url, store) == 1


@pytest.mark.parametrize(
    "key", [WitnessSigningKey("other/witness", bytes(32)).encode().encode(), b"\xff\xfe"]
)
def test_another_key_stops_it(fake_log: FakeLog, log_url: str, store: Path, key: bytes) -> None:
    fake_log.grow(5)
    assert look(log_url, store) == 0
    beside(store, "key").write_bytes(key)
    cosigned = beside(store, "cosigned").read_bytes()
    fake_log.grow(6)
    assert look(log_url, store) == 1
    assert beside(store, "cosigned").read_bytes() == cosigned


@pytest.mark.parametrize("url", ["http://", "http://[::1", "ftp://host", "http://host:99999"])
def test_what_is_no_address_is_said(store: Path, url: str) -> None:
    assert look(url, store) == 1


def test_headers_that_drip_do_not_hold_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 30:
                        connection.sendall(bytes([byte]))
                        time.sleep(0.1)
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with pytest.raises(FetchError):
            fetch(f"http://127.0.0.1:{server.getsockname()[1]}/", limit=9, seconds=0.5)
        assert time.monotonic() - began < 2
        thread.join()
