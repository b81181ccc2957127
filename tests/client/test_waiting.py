"""``imprimatur release --wait`` against the real server: what it prints, how it ends, what it
survives. The workers' and people's parts are played through the services."""

from __future__ import annotations

import json
import signal
import time
from typing import IO

import pytest
from imprimatur_client import Client, Conflict, Event, Release, WaitedTooLong

from governance.models import Release as Case
from governance.services import validation
from registry.models import ModelVersion
from tests.client.serving import Server
from tests.governance.make import Bank, finish_suite, make_sealed_version, sign

pytestmark = [pytest.mark.clones, pytest.mark.timeout(60)]


def asked(version: ModelVersion, *more: str) -> tuple[str, ...]:
    about = {
        "--model": "credit",
        "--version": str(version.number),
        "--environment": "production",
        "--purpose": "decide",
        "--reason": "monthly",
    }
    return ("release", *(word for pair in about.items() for word in pair), *more)


def until_asked(seconds: int = 10) -> Case:
    """The release that the command has asked for by now."""
    for _ in range(20 * seconds):
        if case := Case.objects.order_by("-number").first():
            return case
        time.sleep(0.05)
    raise AssertionError("nobody asked for a release")


def read_until(stream: IO[str] | None, words: str) -> str:
    """What the command says up to the line with ``words``."""
    assert stream is not None
    said = ""
    while words not in said:
        line = stream.readline()
        assert line, f"it ended without “{words}”:\n{said}"
        said += line
    return said


def all_sign(bank: Bank, case: Case) -> None:
    sign(case, bank.people.ravi, "validator")
    sign(case, bank.people.rita, "officer")


def test_an_allowed_release_prints_its_gates_and_exits_0(server: Server, bank: Bank) -> None:
    running = server.begin(*asked(make_sealed_version(bank), "--wait"))
    case = until_asked()
    finish_suite(case)
    read_until(running.stdout, "in review: it waits for Validator, Model risk officer")
    all_sign(bank, case)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (0, "")
    assert "open    Validator" in out
    assert "Signed by Ravi" in out
    assert f"{case.label} is released." in out
    verdict = out[out.index("\nallow\n") :]
    assert "Only: Owner-occupied homes only" in verdict


def test_a_blocked_release_exits_1_and_says_why_and_what_next(server: Server, bank: Bank) -> None:
    version = make_sealed_version(bank, with_card=False)
    running = server.begin(*asked(version, "--wait"))
    finish_suite(until_asked(), Fairness="fail")
    out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (1, "")
    ending = out[out.index("\ndeny\n") :]
    assert "closed  Fairness (fail)\n          Fairness: fail." in ending
    assert "Model card missing" in ending
    assert "imprimatur release --revise R-1" in ending
    assert all(len(line) <= 80 for line in out.splitlines() if "http://" not in line)


def test_a_suite_that_broke_says_why_once_and_what_to_do_with_a_sealed_version(
    server: Server, bank: Bank
) -> None:
    why = "The model crashed (signal 11)."
    running = server.begin(*asked(make_sealed_version(bank), "--wait"))
    run = until_asked().runs.get()
    validation.begin_scoring(str(run.id))
    validation.scoring_failed(str(run.id), why)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (1, "")
    assert out.count(why) == 1
    ending = " ".join(out[out.index("\ndeny\n") :].split())
    assert "2 gates (error): " in ending
    assert "a version is sealed, so register a new one that mends it" in ending


def test_waiting_for_people_exits_2_and_says_how_to_go_on(server: Server, bank: Bank) -> None:
    running = server.begin(*asked(make_sealed_version(bank), "--wait", "--timeout", "2s"))
    finish_suite(until_asked())
    out, _ = running.communicate(timeout=30)
    assert running.returncode == 2
    assert "No verdict within 2 s." in out
    assert "it waits for Validator, Model risk officer" in out
    assert "imprimatur release --resume R-1 --wait" in out


def test_without_wait_it_asks_and_leaves(server: Server, bank: Bank) -> None:
    done = server.imprimatur(*asked(make_sealed_version(bank), "--json"))
    assert done.returncode == 2
    answer = json.loads(done.stdout)
    assert (answer["release"]["state"], answer["verdict"]) == ("validating", None)
    assert "R-1 is validating: 0 of 2 checks done." in done.stderr


def test_asking_again_goes_on_with_what_is_open(server: Server, bank: Bank) -> None:
    version = make_sealed_version(bank)
    server.imprimatur(*asked(version))
    case = finish_suite(Case.objects.get())
    all_sign(bank, case)
    done = server.imprimatur("release", "--resume", "R-1", "--wait", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"]["verdict"] == "allow"
    assert server.imprimatur("release", "--resume", "1").returncode == 0
    assert server.imprimatur("release", "--resume", str(case.id)).returncode == 0
    other = make_sealed_version(bank)
    for _ in range(2):
        again = server.imprimatur(*asked(other))
    assert "R-2 asks for the same and is open: going on with it." in again.stdout
    assert Case.objects.count() == 2


def test_ctrl_c_says_that_the_release_goes_on(server: Server, bank: Bank) -> None:
    running = server.begin(*asked(make_sealed_version(bank), "--wait"))
    read_until(running.stdout, "is validating")
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (2, "")
    assert "Stopped waiting; R-1 goes on." in out
    assert "imprimatur release --resume R-1 --wait" in out


def test_a_server_that_restarts_is_waited_for(server: Server, bank: Bank) -> None:
    running = server.begin(*asked(make_sealed_version(bank), "--wait"))
    case = until_asked()
    read_until(running.stdout, "is validating")
    server.stop()
    read_until(running.stdout, "does not answer: connection refused")
    finish_suite(case)
    all_sign(bank, case)
    server.start()
    out, _ = running.communicate(timeout=60)
    assert "The server is back." in out
    assert running.returncode == 0


def test_a_release_that_was_sent_back_says_what_is_asked_for(server: Server, bank: Bank) -> None:
    server.imprimatur(*asked(make_sealed_version(bank)))
    case = finish_suite(Case.objects.get())
    reason = "Explain the missing rows first."
    sign(case, bank.people.rita, "officer", outcome="request_changes", reason=reason)
    done = server.imprimatur("release", "--resume", "R-1", "--wait")
    assert done.returncode == 1
    assert f"Rita: {reason}" in " ".join(done.stdout.split())


def test_a_revision_measures_again(server: Server, bank: Bank) -> None:
    server.imprimatur(*asked(make_sealed_version(bank)))
    finish_suite(Case.objects.get(), Fairness="fail")
    done = server.imprimatur("release", "--revise", "R-1", "--reason", "data mended")
    assert done.returncode == 2, done.stderr
    case = finish_suite(Case.objects.get())
    assert (case.revision, case.state) == (2, "in_review")


def test_events_come_in_order_and_once(client: Client, bank: Bank) -> None:
    version = make_sealed_version(bank)
    release = client.request_release(
        "credit", version.number, environment="production", purpose="decide", reason="r"
    )
    case = finish_suite(Case.objects.get())
    seen: list[Event] = []

    def decide_then(event: Event) -> None:
        seen.append(event)
        if len(seen) == 1:
            all_sign(bank, case)

    last = client.wait(release, on_change=decide_then)
    assert (last.state, last.label) == ("released", "R-1")
    states = [each.release.state for each in seen if each.kind == "state"]
    assert states == ["in_review", "released"]
    gates = [each.gate.key for each in seen if each.kind == "gate"]
    assert len(gates) == len(set(gates)) == 6
    assert [each.check.name for each in seen if each.kind == "check"] == ["Performance", "Fairness"]
    assert client.verdict(version.digest or "", "production", "decide").allow


def test_the_sdk_says_what_is_open_already_and_gives_up_in_time(client: Client, bank: Bank) -> None:
    version = make_sealed_version(bank)
    request = {"environment": "production", "purpose": "decide", "reason": "r"}
    first = client.request_release("credit", version.number, **request)
    with pytest.raises(Conflict) as open_already:
        client.request_release("credit", version.number, **request)
    assert open_already.value.members["release"] == first.id
    with pytest.raises(WaitedTooLong) as late:
        client.wait(first, timeout=0.05)
    assert isinstance(late.value.release, Release)
    assert client.release("R-1") == client.release(1) == first


def test_a_decision_taken_by_others_ends_the_wait(client: Client, bank: Bank) -> None:
    version = make_sealed_version(bank)
    release = client.request_release(
        "credit", version.number, environment="production", purpose="decide", reason="r"
    )
    case = finish_suite(Case.objects.get())
    sign(case, bank.people.rita, "officer", outcome="reject", reason="Not this one.")
    assert client.wait(release).state == "rejected"
    assert not client.verdict(release, "production", "decide")
