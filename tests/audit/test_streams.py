"""The trail as JSON lines and CSV: all of it, resumable, harmless in a spreadsheet, and told of."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from audit.models import Entry, Leaf
from audit.services import leaves, streams
from audit.subjects import Subject
from tests import cast
from tests.audit.trail import MODEL, OTHER, integrate_all, make_entries, make_entry
from tests.cast import People

pytestmark = pytest.mark.django_db
API = "/api/v1/audit"


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "STRETCH", 3)


def fetch(client: Any, kind: str, **asked: Any) -> tuple[Any, bytes]:
    answer = client.get(f"{API}/entries.{kind}", asked)
    assert answer.status_code == 200, answer.content
    return answer, b"".join(answer.streaming_content)


def lines(client: Any, **asked: Any) -> list[dict[str, Any]]:
    """Without the entries of the downloads themselves."""
    found = [json.loads(line) for line in fetch(client, "jsonl", **asked)[1].splitlines()]
    return [each for each in found if each["entry"]["action"] != "audit.export"]


def table(client: Any, **asked: Any) -> list[dict[str, str]]:
    text = fetch(client, "csv", **asked)[1].decode()
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [row for row in rows if row["action"] != "audit.export"]


def test_every_leaf_comes_once_in_order_with_its_exact_bytes(people: People) -> None:
    client = cast.api(people.otto)
    make_entries(5)
    make_entry(OTHER, reason="Because")
    integrate_all()
    expected = list(Leaf.objects.order_by("index").select_related("entry"))
    answer, data = fetch(client, "jsonl")
    assert (answer["X-Leaf-From"], answer["X-Leaf-To"]) == ("0", str(len(expected)))
    for leaf, line in zip(expected, data.splitlines(), strict=True):
        assert line.startswith(b'{"entry":' + leaf.entry.leaf_bytes + b',"index":%d,' % leaf.index)
    last = [each for each in map(json.loads, data.splitlines()) if "reason" in each["opened"]]
    assert last[0]["opened"] == {"actor.name": "Ada Lovelace", "reason": "Because"}


def test_a_broken_download_goes_on_where_it_stopped(people: People) -> None:
    client = cast.api(people.otto)
    make_entries(8)
    answer, whole = fetch(client, "jsonl", subject="model:mortgage")
    kept = whole.splitlines(keepends=True)[:4]
    make_entries(2)
    onwards = json.loads(kept[-1])["index"] + 1
    _, rest = fetch(
        client, "jsonl", subject="model:mortgage", **{"from": onwards, "to": answer["X-Leaf-To"]}
    )
    assert b"".join(kept) + rest == whole


def test_it_filters(people: People) -> None:
    client = cast.api(people.otto)
    mine = make_entries(3)
    other = make_entry(OTHER, action="model.register", related=[MODEL])
    since = (mine[1].at).isoformat()
    until = (mine[1].at + timedelta(microseconds=1)).isoformat()
    cases: list[tuple[dict[str, str], list[Entry]]] = [
        ({"subject": "model:mortgage"}, [*mine, other]),
        ({"action": "model.register"}, [other]),
        ({"actor": "a" * 32}, [*mine, other]),
        ({"subject": "model:mortgage", "since": since}, [mine[1], mine[2], other]),
        ({"subject": "model:mortgage", "until": until}, mine[:2]),
        ({"subject": "model:nothing"}, []),
    ]
    for asked, expected in cases:
        wanted = [str(entry.pk) for entry in expected]
        assert [each["entry"]["id"] for each in lines(client, **asked)] == wanted, asked
        assert [each["id"] for each in table(client, **asked)] == wanted, asked


def test_a_table_runs_nothing(people: People) -> None:
    for number, sign in enumerate(["=", "+", "-", "@", "\t", "\r"]):
        make_entry(Subject("model", f"m{number}", f"{sign}cmd|' /C calc'!A0"), reason=f"{sign}1")
    make_entry(Subject("model", "fine", "3 = 3"), reason="two\nlines, a comma")
    rows = table(cast.api(people.otto), action="model.change")
    assert [row["subject_label"][0] for row in rows] == ["'"] * 6 + ["3"]
    assert [row["reason"][0] for row in rows[:6]] == ["'"] * 6
    assert rows[-1]["reason"] == "two\nlines, a comma"
    assert json.loads(rows[-1]["details"]) == {}


def test_each_download_is_told_before_it_begins(people: People) -> None:
    make_entries(2)
    client = cast.api(people.otto)
    answer = client.get(f"{API}/entries.csv", {"subject": "model:mortgage"})
    entry = Entry.objects.get(pk=answer["X-Entry"])
    assert (entry.action, entry.actor_id) == ("audit.export", people.otto.pseudonym)
    told = entry.content["details"]
    assert (told["what"], told["subject"]) == ("csv", "model:mortgage")
    assert (str(told["from"]), str(told["to"])) == (answer["X-Leaf-From"], answer["X-Leaf-To"])


def test_only_whoever_may_export_all_of_it(people: People) -> None:
    for kind in ("jsonl", "csv"):
        assert cast.api(people.ada).get(f"{API}/entries.{kind}").status_code == 403
        assert cast.api(people.otto).head(f"{API}/entries.{kind}").status_code == 405
    assert not Entry.objects.filter(action="audit.export").exists()


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "x"},
        {"from": "-1"},
        {"from": "5", "to": "2"},
        {"to": "99999"},
        {"since": "yesterday"},
        {"subject": "model"},
        {"action": "model.explode"},
        {"limit": "5"},
    ],
)
def test_it_refuses_nonsense(people: People, asked: dict[str, str]) -> None:
    make_entries(2)
    answer = cast.api(people.otto).get(f"{API}/entries.jsonl", asked)
    assert answer.status_code == 400
    assert not Entry.objects.filter(action="audit.export").exists()


def test_stretches_read_what_was_chosen_though_the_log_grows() -> None:
    make_entries(4)
    chosen = streams.choose(streams.Selection(subject=MODEL))
    make_entries(3)
    integrate_all()
    read = [index for _, rows in chosen.stretches() for index, _, _ in rows]
    assert read == list(chosen.places or [])
    assert len(read) == 4
    assert leaves.entries_of([]) == []
