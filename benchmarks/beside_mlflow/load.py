"""The client: a few connections that ask one after the other, for a bounded time.

Linux answers a small packet late (by 40 ms) when the other side of a connection has been chatty,
and a server that writes its reply in two parts without TCP_NODELAY waits for that answer before it
sends the second. ``prompt`` clients acknowledge at once and never meet that floor; others, such as
``requests`` in the MLflow client, do.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.beside_mlflow.servers import Server, cpu_seconds, postgres

# Linux only; elsewhere both clients are the same.
QUICKACK = getattr(socket, "TCP_QUICKACK", None)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: bytes | None = None


@dataclass(frozen=True)
class Turn:
    """One server under load for a moment. ``web`` and ``database`` are CPU in ms a call."""

    calls: int
    web: float
    database: float
    times: tuple[float, ...]  # ms, of each call


class Refused(Exception):
    """A call was not answered with 200."""


def ask(
    connection: http.client.HTTPConnection, server: Server, request: Request, *, prompt: bool
) -> bytes:
    """The body of the answer. Raises Refused when it is anything but 200."""
    headers = dict(server.headers)
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    connection.request(request.method, request.path, body=request.body, headers=headers)
    if prompt and QUICKACK is not None and connection.sock is not None:
        connection.sock.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)  # the kernel forgets it
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise Refused(
            f"{server.name}: {request.method} {request.path} {request.body!r} "
            f"was answered with {answer.status}: {body.decode(errors='replace')[:500]}"
        )
    return body


def connect(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)


def turn(
    server: Server, requests: Iterator[Request], *, clients: int, seconds: float, prompt: bool,
    data: Path,
) -> Turn:  # fmt: skip
    """Asks until the time or the requests are used up; each client asks at least once."""
    taking = threading.Lock()
    times: list[float] = []
    wrong: list[Exception] = []
    deadline = time.perf_counter() + seconds

    def client() -> None:
        connection = connect(server)
        try:
            while not wrong:
                with taking:
                    request = next(requests, None)
                if request is None:
                    return
                began = time.perf_counter()
                ask(connection, server, request, prompt=prompt)
                ended = time.perf_counter()
                times.append((ended - began) * 1000)
                if ended > deadline:
                    return
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    web, database = server.web(), postgres(data)
    before = cpu_seconds(web), cpu_seconds(database)
    threads = [threading.Thread(target=client, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    # Processes that came or went meanwhile are looked up anew: their parents count the ended ones.
    after = cpu_seconds(server.web()), cpu_seconds(postgres(data))
    count = len(times)
    return Turn(
        calls=count,
        web=(after[0] - before[0]) / count * 1000,
        database=(after[1] - before[1]) / count * 1000,
        times=tuple(times),
    )
