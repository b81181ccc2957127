"""The operator's page: what it says of queue, workers, stuck work and dead letters."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.models import CheckRun
from jobs.models import Job, Worker
from tests import cast
from tests.governance.make import Bank, leased, make_release
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
AGO = timedelta(minutes=5)


def make_worker(name: str = "worker-one", *, silent: bool = False) -> Worker:
    seen = timezone.now() - (AGO if silent else timedelta(0))
    return Worker.objects.create(
        id=uuid4().hex, name=name, pid=1, concurrency=2, queues=["imprimatur"], seen_at=seen
    )


def make_dead(count: int = 1, **fields: object) -> None:
    given = {"kind": "audit.export", "state": "dead", "attempt": 5, "error": "OSError: disk full"}
    now = timezone.now()
    Job.objects.bulk_create(
        Job(**(given | {"key": f"{number}", "finished_at": now} | fields))
        for number in range(count)
    )


def body(bank: Bank, address: str = "/operations/", who: str = "olga") -> str:
    response = signed_in(getattr(bank.people, who)).get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_empty_it_says_what_would_stand_there(bank: Bank) -> None:
    text = body(bank)
    assert "No worker is running." in text
    assert "Nothing is queued." in text
    assert "Nothing is stuck." in text
    assert "No dead letters." in text


def test_workers_tell_whether_they_live_and_what_they_do(bank: Bank) -> None:
    release = make_release(bank)
    alive, _ = make_worker(), make_worker("worker-two", silent=True)
    job = leased(release.runs.get().id)
    Job.objects.filter(pk=job.id).update(worker=alive.pk, pid=4711)
    text = body(bank)
    assert "Alive" in text
    assert "Silent" in text
    assert "last seen" in text
    assert f'Run the model of <a class="link" href="/releases/{release.pk}/"' in text


def test_what_is_stuck_stands_there_with_a_way_out(bank: Bank) -> None:
    make_release(bank)
    Job.objects.update(created_at=timezone.now() - AGO)
    assert "no worker is running." in body(bank)
    make_worker()
    text = body(bank)
    assert "1 piece of work is stuck." in text
    assert "All is well" not in text
    assert "2 processes are idle: is the clock running?" in text
    assert "Wake the workers" in text
    assert "Wake the workers" not in body(bank, who="otto")
    Job.objects.update(state="leased", leased_until=timezone.now() - AGO)
    assert "No heartbeat since" in body(bank)


def test_a_suite_without_work_is_said_at_once(bank: Bank) -> None:
    make_release(bank)
    Job.objects.all().delete()
    assert "1 piece of suites without a job." in body(bank)


def test_dead_letters_are_paged_and_only_operators_act(bank: Bank) -> None:
    make_dead(60)
    text = body(bank)
    assert text.count("Put it aside") == 25
    assert "1 of 3" in text
    assert body(bank, "/operations/?page=3").count("Put it aside") == 10
    assert body(bank, "/operations/?page=99").count("Put it aside") == 10
    assert "Put it aside" not in body(bank, who="otto")
    assert signed_in(bank.people.olga).get("/operations/?page=x").status_code == 400


def test_dead_letters_are_announced_at_the_top_in_place_of_all_is_well(bank: Bank) -> None:
    make_worker()
    assert "All is well" in body(bank)
    make_dead(2)
    text = body(bank)
    assert "2 pieces of work failed for good." in text
    assert "All is well" not in text


def test_workers_that_live_stand_first(bank: Bank) -> None:
    make_worker("gone", silent=True)
    make_worker("here")
    text = body(bank)
    assert text.index("<b>here</b>") < text.index("<b>gone</b>")


def test_the_buttons_do_it(bank: Bank) -> None:
    make_dead()
    job, client = Job.objects.get(), signed_in(bank.people.olga)
    refused = client.post("/operations/", {"act": "again", "job": str(job.pk), "reason": ""})
    assert refused.status_code == 400
    for given in ({"act": "again", "job": "x"}, {"act": "dance"}, {}):
        assert client.post("/operations/", given).status_code == 400
    done = client.post("/operations/", {"act": "again", "job": str(job.pk), "reason": "back"})
    assert done.status_code == 302
    job.refresh_from_db()
    assert job.state == "queued"
    assert client.post("/operations/", {"act": "wake"}).status_code == 302
    assert signed_in(bank.people.otto).post("/operations/", {"act": "wake"}).status_code == 403
    assert signed_in(bank.people.ada).get("/operations/").status_code == 403


def test_it_takes_as_many_queries_for_many_as_for_one(bank: Bank) -> None:
    def queries() -> int:
        client = signed_in(bank.people.olga)
        client.get("/operations/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/operations/").status_code == 200
        return len(captured)

    check = make_release(bank).runs.get().checks.first()
    assert isinstance(check, CheckRun)
    make_worker()
    make_dead(1, kind="validation.check", key=str(check.pk))
    before = queries()
    make_dead(500)
    make_release(bank)
    make_worker("worker-two")
    Job.objects.filter(state="queued").update(created_at=timezone.now() - AGO)
    assert queries() == before <= 19


def test_the_api_says_the_same(bank: Bank) -> None:
    release = make_release(bank)
    Job.objects.update(created_at=timezone.now() - AGO)
    make_worker()
    make_dead(30)
    found = cast.api(bank.people.otto).get("/api/v1/operations?page=2").json()
    assert found["queue"][0]["kind"] == "validation.score"
    assert found["queue"][0]["queued"] == 1
    assert found["workers"][0]["alive"] is True
    assert found["stuck"]["waiting_long"][0]["release"] == str(release.pk)
    assert (found["dead"]["total"], found["dead"]["pages"]) == (30, 2)
    assert len(found["dead"]["items"]) == 5


def test_the_release_page_says_what_its_suite_waits_for(bank: Bank) -> None:
    release = make_release(bank)
    address = f"/api/v1/releases/{release.pk}"
    client = cast.api(bank.people.ada)
    assert client.get(address).json()["waiting"].startswith("No worker is running:")
    assert "No worker is running:" in body(bank, f"/releases/{release.pk}/", who="ada")
    make_worker()
    assert client.get(address).json()["waiting"] == "Next in the queue."
    Job.objects.create(kind="audit.export", key="k")
    Job.objects.filter(key="k").update(created_at=timezone.now() - AGO)
    assert "1 job is before it" in client.get(address).json()["waiting"]
    leased(release.runs.get().id)
    assert client.get(address).json()["waiting"] == ""


def test_a_suite_is_cancelled_and_run_again_from_the_page(bank: Bank) -> None:
    release = make_release(bank)
    client, page = signed_in(bank.people.ada), f"/releases/{release.pk}/"
    assert "Cancel the checks of revision 1" in body(bank, page, who="ada")
    assert "may cancel these checks" in body(bank, page, who="ravi")
    assert client.post(f"{page}cancel/", {"reason": ""}).status_code == 400
    assert signed_in(bank.people.ravi).post(f"{page}cancel/", {"reason": "x"}).status_code == 403
    assert client.post(f"{page}cancel/", {"reason": "wrong data"}).status_code == 302
    text = body(bank, page, who="ada")
    assert "Run the checks again as revision 2" in text
    assert client.post(f"{page}again/", {"reason": "right data"}).status_code == 302
    release.refresh_from_db()
    assert (release.state, release.revision) == ("validating", 2)
    assert client.get(f"{page}again/").status_code == 302


def test_monitoring_gets_the_depth_of_the_queue(bank: Bank) -> None:
    make_release(bank)
    make_dead(2)
    make_worker()
    text = signed_in(None).get("/metrics").content.decode()
    for line in ("queued 1", "running 0", "dead 2", "workers 1"):
        assert f"imprimatur_queue_{line}\n" in text


def test_the_part_that_renews_itself_leaves_the_dead_letters_alone(bank: Bank) -> None:
    make_dead()
    text = body(bank, "/operations/progress/")
    assert "Workers alive" in text
    assert "Put it aside" not in text
    assert "<html" not in text.lower()
