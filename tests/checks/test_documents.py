"""Every check has its page: named there, and counted where the pages are listed."""

from __future__ import annotations

from pathlib import Path

from governance.checks.catalog import all_checks

PAGES = Path(__file__).resolve().parents[2] / "docs" / "checks"


def test_every_check_is_named_on_the_page_of_its_component():
    for name, check in all_checks().items():
        assert f"`{name}`" in (PAGES / f"{check.component}.md").read_text(), name


def test_every_check_says_purpose_mechanism_limits_and_source():
    for name, check in all_checks().items():
        for section in ("Purpose:", "Mechanism:", "Limits:", "Source:"):
            assert section in (type(check).__doc__ or ""), (name, section)


def test_the_list_of_pages_says_how_many_checks_there_are():
    assert f"{len(all_checks())} checks in eight components" in (PAGES / "README.md").read_text()
