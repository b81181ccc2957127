"""kombu's file-system transport, made safe to share and quick to stop.

Four things differ. A message appears under its name only when it is written whole (kombu's reader
does not take the writer's lock). It is taken by renaming within the broker's own folder, which at
most one process can do (kombu moves it to the shared temp folder). And an idle wait returns after
0.2 s instead of 2 s, so that a worker notices a stop at once. And a folder that is taken away is an
empty queue, whose bindings the processes still know, instead of the end of the worker.
"""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem, virtual
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads

LONGEST_WAIT = 0.2


class Channel(filesystem.Channel):  # type: ignore[misc]
    """One folder of messages, one file each, named so that they sort by time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._make_folders()

    def _make_folders(self) -> None:
        for folder in (self.data_folder_in, self.processed_folder, self.control_folder):
            Path(folder).mkdir(parents=True, exist_ok=True)

    def get_table(self, exchange: str) -> list[Any]:
        """Who gets what is sent there: as the folder says, or as this process once declared."""
        bound = [known for known in self.state.bindings if known.exchange == exchange]
        with self._alone():
            found = super().get_table(exchange)
        return found or [
            filesystem.exchange_queue_t(known.routing_key, "", known.queue) for known in bound
        ]

    def _queue_bind(self, *args: Any) -> None:
        with self._alone():
            super()._queue_bind(*args)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """kombu empties a table before it locks it: whoever reads in between finds half of one."""
        self._make_folders()
        with Path(self.control_folder, ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        draft = Path(self.processed_folder, f"{name}.part")
        self._make_folders()
        draft.write_bytes(str_to_bytes(dumps(payload)))
        os.rename(draft, Path(self.data_folder_out, name))

    def _get(self, queue: str) -> Any:
        suffix = f".{queue}.msg"
        try:
            names = sorted(os.listdir(self.data_folder_in))
        except (FileNotFoundError, NotADirectoryError):
            raise Empty from None
        for name in names:
            if name[name.find(".") :] != suffix:
                continue
            taken = Path(self.processed_folder, name)
            try:
                os.rename(Path(self.data_folder_in, name), taken)
                message = loads(bytes_to_str(taken.read_bytes()))
            except (FileNotFoundError, NotADirectoryError):
                continue  # another worker was first, or the folder was taken away
            taken.unlink()
            return message
        raise Empty


class Transport(filesystem.Transport):  # type: ignore[misc]
    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        # What is bound, the folder knows; a memory shared by the whole process would be wrong as
        # soon as there are two folders.
        self.state = virtual.BrokerState()

    def drain_events(self, connection: Any, timeout: float | None = None) -> Any:
        capped = None if timeout is None else min(timeout, LONGEST_WAIT)
        return super().drain_events(connection, timeout=capped)
