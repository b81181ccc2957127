"""What is asked: the calls of MLflow's registry API as its own client makes them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from urllib.parse import urlencode

from benchmarks.beside_mlflow.load import Request, ask, connect
from benchmarks.beside_mlflow.servers import Server

BASE = "/api/2.0/mlflow"
PAGE, LONGEST_PAGE = 100, 1000
# The client adds this to every search of models: prompts live in the same table.
NO_PROMPTS = "tag.`mlflow.prompt.is_prompt` != 'true'"
ALIAS = "champion"


@dataclass(frozen=True)
class Model:
    name: str
    versions: int
    tag: tuple[str, str]


@dataclass(frozen=True)
class Stock:
    """What both databases hold, and where each server's deep page begins."""

    models: tuple[Model, ...]
    deep: dict[str, str] = field(default_factory=dict)  # server -> page token


# Of a model, the token of the deep page, and chance.
Make = Callable[[Model, str, random.Random], Request]


@dataclass(frozen=True)
class Call:
    name: str
    wanted: Fraction | None  # of MLflow's CPU; none where nothing was promised
    wanted_from: int  # versions from which on it is wanted
    make: Make

    def requests(self, stock: Stock, server: Server, seed: int) -> Iterator[Request]:
        """Without end and by chance; the same for both servers when the seed is.

        No model comes again before all others have: of two writers who set a tag for the first
        time at once, MLflow tells one of a duplicate key.
        """
        chance, token = random.Random(seed), stock.deep[server.name]
        while True:
            for model in chance.sample(stock.models, len(stock.models)):
                yield self.make(model, token, chance)


def get(path: str, **query: object) -> Request:
    return Request("GET", f"{BASE}/{path}?{urlencode(query)}")


def post(path: str, **body: object) -> Request:
    return Request("POST", f"{BASE}/{path}", json.dumps(body).encode())


def _version(model: Model, chance: random.Random) -> str:
    """One of its versions, as the API spells it."""
    return str(chance.randint(1, model.versions))


def get_version(model: Model, token: str, chance: random.Random) -> Request:
    return get("model-versions/get", name=model.name, version=_version(model, chance))


def get_by_alias(model: Model, token: str, chance: random.Random) -> Request:
    return get("registered-models/alias", name=model.name, alias=ALIAS)


def get_model(model: Model, token: str, chance: random.Random) -> Request:
    return get("registered-models/get", name=model.name)


def search_by_name(model: Model, token: str, chance: random.Random) -> Request:
    return get("model-versions/search", filter=f"name='{model.name}'", max_results=10_000)


def search_like_and_tag(model: Model, token: str, chance: random.Random) -> Request:
    """A hundred names at most begin alike; of those, the ones that carry a tag."""
    key, value = model.tag
    like = f"name LIKE '{model.name[:-2]}%' AND tags.`{key}` = '{value}'"
    return _models(f"{like} AND {NO_PROMPTS}")


def list_first(model: Model, token: str, chance: random.Random) -> Request:
    return _models(NO_PROMPTS)


def list_deep(model: Model, token: str, chance: random.Random) -> Request:
    return _models(NO_PROMPTS, page_token=token)


def _models(text: str, size: int = PAGE, **query: object) -> Request:
    return get("registered-models/search", filter=text, max_results=size, **query)


def set_tag(model: Model, token: str, chance: random.Random) -> Request:
    value = f"{chance.random():.6f}"
    return post(
        "model-versions/set-tag",
        name=model.name,
        version=_version(model, chance),
        key="checked",
        value=value,
    )


def set_alias(model: Model, token: str, chance: random.Random) -> Request:
    return post(
        "registered-models/alias",
        name=model.name,
        alias="candidate",
        version=_version(model, chance),
    )


def create_version(model: Model, token: str, chance: random.Random) -> Request:
    source = f"s3://models/{model.name}/{chance.getrandbits(48):012x}"
    return post("model-versions/create", name=model.name, source=source)


QUARTER, THIRD, FIFTH, FIFTEENTH = (Fraction(1, parts) for parts in (4, 3, 5, 15))
MANY = 500_000
CALLS = (
    Call("get version", QUARTER, 0, get_version),
    Call("get by alias", QUARTER, 0, get_by_alias),
    Call("get model", QUARTER, 0, get_model),
    Call("search by name", FIFTH, 0, search_by_name),
    Call("LIKE + tag search", FIFTEENTH, MANY, search_like_and_tag),
    Call("list, first page", FIFTEENTH, MANY, list_first),
    Call("list, deep page", FIFTEENTH, MANY, list_deep),
    Call("set tag", THIRD, 0, set_tag),
    Call("set alias", THIRD, 0, set_alias),
    Call("create version", THIRD, 0, create_version),
)


def deep_token(server: Server, models: int) -> str:
    """The token of a page nine tenths of the way into the list, found by walking there."""
    left = max(PAGE, models * 9 // 10 // PAGE * PAGE)
    token, connection = "", connect(server)
    try:
        while left > 0:
            size = min(left, LONGEST_PAGE)
            query = {"page_token": token} if token else {}
            body = ask(connection, server, _models(NO_PROMPTS, size, **query), prompt=True)
            token = json.loads(body).get("next_page_token", "")
            if not token:
                raise SystemExit(f"{server.name}: the list ended {left} models too early.")
            left -= size
    finally:
        connection.close()
    return token
