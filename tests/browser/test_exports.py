"""An auditor takes the whole trail away in a browser, and verifies it on another machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.audit.trail import verify
from tests.town import Town, shot

pytestmark = [pytest.mark.xdist_group("town"), pytest.mark.timeout(600)]
PAGE = "/audit/exports/"


def is_wrong(message: Any) -> bool:
    """The form that is refused below answers 400, as it should."""
    return message.type == "error" and "400" not in message.text


@pytest.mark.parametrize(
    ("width", "theme"), [(1280, "dark"), (390, "light"), (1280, "light"), (390, "dark")]
)
def test_the_whole_trail_is_taken_away(
    browser: Any, town: Town, tmp_path: Path, width: int, theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, accept_downloads=True
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if is_wrong(m) else None)
    page.goto(town.url + "/accounts/login/")
    page.fill("input[name=login]", "otto")
    page.fill("input[name=password]", town.password)
    page.click("button[type=submit]")
    page.goto(town.url + "/audit/")
    page.click(f"a[href='{PAGE}']")
    page.fill("[name=to]", "2020-01-01")
    page.fill("[name=from]", "2021-01-01")
    page.click("button:has-text('Make the export')")
    page.wait_for_selector("[role=alert]")
    shot(page, f"exports-refused-{width}-{theme}")
    page.fill("[name=to]", "")
    page.fill("[name=from]", "")
    page.click("button:has-text('Make the export')")
    page.wait_for_selector(".exports li")
    shot(page, f"exports-waiting-{width}-{theme}")
    page.wait_for_selector("a:has-text('Download')", timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    shot(page, f"exports-{width}-{theme}")
    with page.expect_download() as coming:
        page.click("a:has-text('Download')")
    coming.value.save_as(tmp_path / "bundle.zip")
    assert "VALID" in verify(tmp_path / "bundle.zip").stdout.splitlines()
    assert not complaints
    context.close()
