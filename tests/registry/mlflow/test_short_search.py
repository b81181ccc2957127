"""What is searched by name alone is answered by a shorter way, in the very same words."""

from __future__ import annotations

import pytest

from tests.registry.mlflow.caller import Caller

PROMPTS = "tag.`mlflow.prompt.is_prompt` != 'true'"
SHORT = ["name = 'm'", 'attribute.name = "m"', f"name = 'm' AND {PROMPTS}"]
LONG = "name = 'm' AND name != 'other'"


@pytest.fixture
def full(door: Caller) -> Caller:
    for name in ("m", "mm"):
        door.model(name, tags=[{"key": "k", "value": "v"}])
        for number in range(1, 6):
            door.version(name, tags=[{"key": "n", "value": str(number)}])
        door.post("registered-models/alias", name=name, alias="best", version="2")
        door.post("model-versions/transition-stage", name=name, version="3", stage="Staging")
        door.delete("model-versions/delete", name=name, version="4")
    return door


@pytest.mark.parametrize("path", ["registered-models/search", "model-versions/search"])
@pytest.mark.parametrize("text", SHORT)
def test_both_ways_say_the_same(full: Caller, path: str, text: str) -> None:
    assert full.get(path, filter=text) == full.get(path, filter=LONG)


def test_the_second_page_follows_the_first(full: Caller) -> None:
    path, every = "model-versions/search", full.get("model-versions/search", filter=LONG)
    first = full.get(path, filter=SHORT[0], max_results=3)
    rest = full.get(path, filter=SHORT[0], page_token=first["next_page_token"])
    assert first["model_versions"] + rest["model_versions"] == every["model_versions"]


@pytest.mark.parametrize("path", ["registered-models/search", "model-versions/search"])
def test_prompts_stay_out_of_both(full: Caller, path: str) -> None:
    key = "mlflow.prompt.is_prompt"
    full.post("registered-models/set-tag", name="m", key=key, value="true")
    full.post("model-versions/set-tag", name="m", version="1", key=key, value="true")
    short, long = full.get(path, filter=SHORT[0]), full.get(path, filter=LONG)
    assert short == long
    assert "'1'" not in str(short)


def test_what_one_may_not_see_is_not_found_either_way(full: Caller) -> None:
    stranger = Caller.of("developer", scope=("use_case", "cards"))
    for path in ("registered-models/search", "model-versions/search"):
        for text in (*SHORT, LONG):
            assert not any(stranger.get(path, filter=text).values())
