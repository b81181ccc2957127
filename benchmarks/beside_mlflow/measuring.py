"""Turns in fair order: every call goes to both servers in each round, each time the other first,
so that what else the machine does meanwhile hits both."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.beside_mlflow.calls import ALIAS, CALLS, Call, Model, Stock, get, get_version
from benchmarks.beside_mlflow.load import Request, Turn, turn
from benchmarks.beside_mlflow.servers import Server
from benchmarks.beside_mlflow.table import CLIENTS, Depth, Row, Turns, waited

OURS, THEIRS = "Imprimatur", "MLflow"
WARM_UP_SECONDS = 0.5


@dataclass(frozen=True)
class Measuring:
    """How long and how often; ``both`` are the servers, in the order in which they started."""

    data: Path
    both: Sequence[Server]
    rounds: int
    seconds: float
    clients: int

    def rows(self, stock: Stock, versions: int, only: str = "") -> list[Row]:
        return [self._row(call, stock, versions) for call in CALLS if only in call.name]

    def _row(self, call: Call, stock: Stock, versions: int) -> Row:
        turns = self._turns(call, stock)
        return Row(
            call.name,
            versions,
            turns.get(OURS, {}),
            turns.get(THEIRS, {}),
            call.wanted if versions >= call.wanted_from else None,
        )

    def _turns(self, call: Call, stock: Stock) -> dict[str, Turns]:
        say(f"{call.name} ...")
        for server in self.both:
            self._turn(server, call.requests(stock, server, -1), "prompt", WARM_UP_SECONDS)
        found: dict[str, dict[str, list[Turn]]] = {
            server.name: {client: [] for client in CLIENTS} for server in self.both
        }
        for number in range(self.rounds):
            for client in CLIENTS:
                for server in self.both if number % 2 == 0 else self.both[::-1]:
                    requests = call.requests(stock, server, seed=number)
                    found[server.name][client].append(self._turn(server, requests, client))
        return dict(found)

    def _turn(
        self,
        server: Server,
        requests: Iterator[Request],
        client: str,
        seconds: float | None = None,
        clients: int | None = None,
    ) -> Turn:
        return turn(
            server,
            requests,
            clients=clients or self.clients,
            seconds=min(seconds or self.seconds, self.seconds),
            prompt=client == "prompt",
            data=self.data,
        )

    def floor(self, stock: Stock) -> dict[str, float]:
        """ms that half of one ordinary client's calls take: 40 more where the floor is."""
        call = Call("get version", None, 0, get_version)
        found = {}
        for server in self.both:
            requests = call.requests(stock, server, seed=1)
            found[server.name] = waited([self._turn(server, requests, "ordinary", clients=1)], 50)
        return found

    def depths(self, models: Sequence[Model]) -> list[Depth]:
        """Two calls about one model at a time; MLflow's takes seconds where there are many."""
        found = []
        for name, path, more in (
            ("get model", "registered-models/get", {}),
            ("get by alias", "registered-models/alias", {"alias": ALIAS}),
        ):
            say(f"{name}, with {', '.join(f'{model.versions:,}' for model in models)} versions ...")
            figures: dict[str, dict[int, list[float]]] = {OURS: {}, THEIRS: {}}
            for number in range(self.rounds + 1):
                for model in models:
                    for server in self.both:
                        requests = _same(get(path, name=model.name, **more))
                        one = self._turn(server, requests, "prompt", clients=2)
                        if number:  # the first is a warm-up
                            figures[server.name].setdefault(model.versions, []).append(one.web)
            ours, theirs = (
                {size: median(several) for size, several in figures[who].items()}
                for who in (OURS, THEIRS)
            )
            found.append(Depth(name, ours, theirs))
        return found


def _same(request: Request) -> Iterator[Request]:
    while True:
        yield request


def say(text: str) -> None:
    """Not part of the table: to whoever waits for it."""
    print(text, file=sys.stderr, flush=True)
