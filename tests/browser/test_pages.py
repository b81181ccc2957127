"""Every page in a real browser: no violation of the policy, no error, nothing wider than the
screen, in both themes. One system serves these tests and the stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.town import Town, shot

pytestmark = [pytest.mark.xdist_group("town"), pytest.mark.timeout(600)]

PAGES = (
    "/",
    "/releases/",
    "/authorizations/",
    "/models/",
    "/models/mortgage-approval/",
    "/models/mortgage-approval/versions/1/",
    "/datasets/",
    "/deployments/",
    "/use-cases/",
    "/use-cases/mortgage-lending/",
    "/use-cases/mortgage-lending/risk/",
    "/use-cases/mortgage-lending/law/",
    "/use-cases/mortgage-lending/decisions/",
    "/use-cases/mortgage-lending/decisions/?threshold=0.42",
    "/use-cases/mortgage-lending/description/",
    "/use-case-editor/",
    "/methodologies/",
    "/methodology-editor/",
    "/regimes/",
    "/regimes/credit-decision/",
    "/inventory/",
    "/policies/",
    "/policies/credit-decision/",
    "/audit/",
    "/audit/exports/",
)
SCREENS = {"wide": (1280, 900, "light"), "narrow": (390, 844, "dark")}


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, browser: Any, town: Town) -> Iterator[Any]:
    """Rita's browser, on a desk and on a telephone; what it complains of fails the test."""
    width, height, theme = SCREENS[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, bypass_csp=False
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.extend(real_failure(request)))
    page.goto(town.url + "/accounts/login/")
    page.fill("input[name=login]", "rita")
    page.fill("input[name=password]", town.password)
    page.click("button[type=submit]")
    page.wait_for_selector("#content")
    page.label = request.param
    yield page
    assert not complaints
    context.close()


def real_failure(request: Any) -> list[str]:
    """What a browser drops because it leaves the page is no failure."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url} {request.failure}"]


def every_page(town: Town) -> list[str]:
    return [*PAGES, *(f"/releases/{release['id']}/" for release in town.releases())]


def test_no_page_complains_or_overflows(screen: Any, town: Town) -> None:
    for address in every_page(town):
        assert screen.goto(town.url + address).status == 200, address
        too_wide = screen.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert too_wide <= 0, address
        name = address.strip("/").split("/")[0] or "inbox"
        shot(screen, f"page-{screen.label}-{name}")


def test_every_table_has_headers_and_every_field_a_label(screen: Any, town: Town) -> None:
    for address in every_page(town):
        screen.goto(town.url + address)
        bare = screen.evaluate(
            "[...document.querySelectorAll('table')].filter(t => !t.tHead).length"
        )
        assert bare == 0, address
        unlabelled = screen.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".filter(f => !f.labels.length).map(f => f.name)"
        )
        assert unlabelled == [], address


def test_text_stands_out_from_its_ground(screen: Any, town: Town) -> None:
    """WCAG AA, 4.5 to 1, for what is written in the colours of the theme."""
    screen.goto(town.url + "/")
    tokens = screen.evaluate(
        """() => { const of = name => getComputedStyle(document.documentElement)
        .getPropertyValue('--' + name).trim();
        return Object.fromEntries(['paper', 'sheet', 'well', 'ink', 'muted', 'seal', 'pass', 'fail',
        'inconclusive', 'error', 'waived', 'on-seal'].map(name => [name, of(name)])) }"""
    )
    for ground in ("paper", "sheet"):
        for text in ("ink", "muted", "seal", "pass", "fail", "inconclusive", "error", "waived"):
            assert contrast(tokens[text], tokens[ground]) >= 4.5, (text, ground)
    assert contrast(tokens["muted"], tokens["well"]) >= 4.5
    assert contrast(tokens["on-seal"], tokens["seal"]) >= 4.5


def test_the_theme_is_kept_from_page_to_page(screen: Any, town: Town) -> None:
    screen.goto(town.url + "/")
    for theme, is_dark in (("dark", True), ("light", False)):
        screen.click(".who > summary")
        screen.click(f"[data-theme-choice={theme}]")
        screen.goto(town.url + "/releases/")
        assert screen.evaluate("document.documentElement.classList.contains('dark')") is is_dark


def test_the_navigation_is_reached_on_any_screen(screen: Any, town: Town) -> None:
    screen.goto(town.url + "/")
    if screen.label == "narrow":
        screen.click("[data-side]:visible")
    screen.click("#nav-sidebar a[href='/policies/']")
    screen.wait_for_url(town.url + "/policies/")
    assert (
        screen.locator("#nav-sidebar [aria-current=page]")
        .text_content()
        .strip()
        .endswith("Policies")
    )


def contrast(one: str, other: str) -> float:
    """The ratio of relative luminances (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
