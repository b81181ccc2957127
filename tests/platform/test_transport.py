"""The embedded broker: every message whole, and to one reader only."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from amqp.exceptions import ChannelError
from kombu import Connection, Consumer, Exchange, Producer, Queue

from config import embedded

EXCHANGE = Exchange("wake", type="direct")
QUEUE = Queue("wake-ups", EXCHANGE, routing_key="wake")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Connection]:
    with connect(tmp_path) as connection:
        yield connection


def connect(data: Path) -> Connection:
    options = embedded.broker_options(data)
    return Connection(embedded.broker_url(data), transport_options=options)


def publish(connection: Connection, bodies: range) -> None:
    producer = Producer(connection.channel())
    for body in bodies:
        producer.publish({"n": body}, exchange=EXCHANGE, routing_key="wake", declare=[QUEUE])


def receive(connection: Connection, patience: float = 0.5) -> list[int]:
    got: list[int] = []

    def on_message(body: Any, message: Any) -> None:
        got.append(body["n"])
        message.ack()

    with Consumer(connection.channel(), queues=[QUEUE], callbacks=[on_message]):
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            try:
                connection.drain_events(timeout=0.1)
                deadline = time.monotonic() + patience
            except TimeoutError:
                continue
    return got


def test_messages_arrive_in_order(broker: Connection) -> None:
    publish(broker, range(20))
    assert receive(broker) == list(range(20))


def test_many_writers_and_readers_share_without_loss_or_doubles(tmp_path: Path) -> None:
    writers = [connect(tmp_path) for _ in range(2)]
    readers = [connect(tmp_path) for _ in range(2)]
    publish(writers[0], range(1))  # declares the queue
    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(receive, reader, 1.0) for reader in readers]
        list(pool.map(publish, writers, [range(1, 100), range(100, 200)]))
        got = sorted(number for found in reading for number in found.result())
    for connection in (*writers, *readers):
        connection.release()
    assert got == list(range(200))


def test_a_folder_taken_away_is_an_empty_queue_and_work_goes_on(
    broker: Connection, tmp_path: Path
) -> None:
    publish(broker, range(3))
    shutil.rmtree(tmp_path / "broker")
    assert receive(broker, 0.1) == []
    publish(broker, range(3, 6))
    assert receive(broker) == [3, 4, 5]


def test_while_a_file_stands_in_its_place_readers_wait_and_writers_are_told(
    broker: Connection, tmp_path: Path
) -> None:
    publish(broker, range(1))
    assert receive(broker) == [0]
    channel = broker.default_channel
    shutil.rmtree(tmp_path / "broker")
    (tmp_path / "broker").write_text("no broker here")
    with pytest.raises((OSError, ChannelError)):
        publish(broker, range(1))
    with pytest.raises(Empty):
        channel._get(QUEUE.name)
    (tmp_path / "broker").unlink()
    publish(broker, range(1, 2))
    assert receive(broker) == [1]


def test_nothing_is_left_in_the_folders(broker: Connection, tmp_path: Path) -> None:
    publish(broker, range(3))
    receive(broker)
    left = [path for path in (tmp_path / "broker").rglob("*.msg*") if path.is_file()]
    assert left == []


def test_an_idle_wait_returns_soon_so_that_a_worker_can_stop(broker: Connection) -> None:
    with Consumer(broker.channel(), queues=[QUEUE]):
        began = time.monotonic()
        with pytest.raises(socket.timeout):
            broker.drain_events(timeout=2.0)
    assert time.monotonic() - began < 1
