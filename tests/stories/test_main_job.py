"""The main job: a pipeline asks, workers check, people decide in a browser, an auditor verifies."""

from __future__ import annotations

import subprocess
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.town import Town, shot, system_python, until

pytestmark = [pytest.mark.xdist_group("town"), pytest.mark.timeout(600)]


def sign_in(browser: Any, town: Town, username: str, **context: Any) -> Any:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, **context).new_page()
    page.goto(town.url + "/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", town.password)
    page.click("button[type=submit]")
    page.wait_for_selector("main, #main, #content")
    return page


def approve(page: Any, town: Town, release_id: str, name: str) -> None:
    """Reads the page from the inbox on, and signs."""
    shot(page, f"inbox-{name}")
    page.click(f"a[href*='{release_id}']")
    page.wait_for_selector("#sign")
    shot(page, f"release-{name}")
    page.fill("#reason", "The evidence is complete and I accept the stated risk.")
    page.click("button[value=approve]")
    page.wait_for_selector("#statement")
    if page.query_selector("#password-sign"):
        page.fill("#password-sign", town.password)
    page.click("button[name=sign]")
    page.wait_for_load_state("networkidle")


def waiting_release(town: Town) -> dict[str, Any]:
    """The release that the example leaves for the risk officer."""
    (release,) = town.releases(state="in_review")
    return release


def test_the_example_leaves_one_of_each(town: Town) -> None:
    states = sorted(release["state"] for release in town.releases())
    assert states == ["blocked", "in_review", "released"]


def test_the_officer_approves_and_the_waiting_pipeline_prints_allow(
    town: Town, browser: Any
) -> None:
    release = waiting_release(town)
    pipeline = town.pipeline("--wait", "--follow", release["id"], "--timeout", "240")
    page = sign_in(browser, town, "rita")
    approve(page, town, release["id"], "rita")
    shot(page, "released")
    output, _ = pipeline.communicate(timeout=120)
    assert pipeline.returncode == 0, output
    assert output.strip().splitlines()[-1] == "allow"


def test_a_new_version_goes_all_the_way(town: Town, browser: Any) -> None:
    pipeline = town.pipeline("--model-kind", "mitigated", "--wait", "--timeout", "280")
    release = until(lambda: town.releases(state="in_review"), 120, "the checks")[0]
    for username in ("ravi", "rita"):
        approve(sign_in(browser, town, username), town, release["id"], f"new-{username}")
    output, _ = pipeline.communicate(timeout=120)
    assert (pipeline.returncode, output.strip().splitlines()[-1]) == (0, "allow"), output
    with town.robot() as robot:
        case = robot.get(f"/releases/{release['id']}").json()
    assert case["state"] == "released"
    assert {decision["name"] for decision in case["decisions"]} == {"Ravi Menon", "Rita Lindqvist"}


def test_fifty_checks_come_to_their_end_within_minutes(town: Town) -> None:
    """The bound is generous on purpose; benchmarks/release.py prints the figure."""
    for release in town.releases():
        with town.robot("officer") as robot:
            about = {"subject": f"release:{release['id']}"}
            asked, frozen = (
                robot.get("/audit/entries", params=about | {"action": action}).json()["items"][0]
                for action in ("release.request", "release.evidence_frozen")
            )
        waited = datetime.fromisoformat(frozen["at"]) - datetime.fromisoformat(asked["at"])
        assert waited.total_seconds() < 240


def test_the_blocked_release_says_why_and_lets_nobody_approve(town: Town, browser: Any) -> None:
    (blocked,) = town.releases(state="blocked")
    page = sign_in(browser, town, "rita")
    page.goto(f"{town.url}/releases/{blocked['id']}/")
    shot(page, "release-blocked")
    assert page.locator("button[value=approve]").is_disabled()
    assert "0.80" in page.content()


def test_the_auditor_verifies_offline(town: Town, tmp_path: Path) -> None:
    release = town.releases(state="released")[-1]
    with closing(town.person("otto")) as otto:
        printed = f"/releases/{release['id']}/dossier"
        until(lambda: otto.get(printed).status_code == 200, 60, "the dossier")
        bundle = otto.get("/audit/bundle", params={"subject": f"release:{release['id']}"})
        key = otto.get("/audit/key").text.strip()
    assert bundle.status_code == 200, bundle.text
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle.content)
    with zipfile.ZipFile(path) as archive:
        archive.extract("verify.py", tmp_path)
        names = archive.namelist()
    assert "dossier.pdf" in names
    assert verify(tmp_path, path, "--key", key).returncode == 0
    flipped = flip(path, tmp_path / "flipped.zip")
    answer = verify(tmp_path, flipped, "--key", key)
    assert answer.returncode == 1
    assert "entries.jsonl" in answer.stdout + answer.stderr


def verify(folder: Path, bundle: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """As an auditor would: another Python, isolated, without site-packages."""
    return subprocess.run(
        [system_python(), "-I", "-S", str(folder / "verify.py"), str(bundle), *more],
        capture_output=True,
        text=True,
        check=False,
    )


def flip(bundle: Path, target: Path) -> Path:
    """The same bundle with one byte of one entry changed."""
    with zipfile.ZipFile(bundle) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = bytearray(source.read(name))
            if name == "entries.jsonl":
                data[40] ^= 1
            copy.writestr(name, bytes(data))
    return target
