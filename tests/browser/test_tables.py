"""Tables with the real styles, without a running system: nothing runs into its neighbour."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform.conftest import ROOT

pytestmark = [pytest.mark.xdist_group("town"), pytest.mark.timeout(120)]
STYLES = ("tokens", "reset", "shell", "parts", "tables", "evidence", "release")
ROW = """<tr><td>Equal opportunity difference of Black or African American applicants</td>
<td>0.812 <span class="ci">[0.774, 0.851]</span></td>
<td>0.803 <span class="ci">[0.765, 0.842]</span></td></tr>"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_labels_beside_the_champion_end_before_the_figures(
    browser: Any, width: int, theme: str
) -> None:
    folder = ROOT / "templates" / "static" / "look"
    styles = "".join((folder / f"{name}.css").read_text() for name in STYLES)
    page = browser.new_page(viewport={"width": width, "height": 600}, color_scheme=theme)
    page.set_content(
        f"<html class='{theme}'><style>{styles}</style>"
        "<div class='panel beside'><div class='frame'>"
        "<table class='ledger'><thead><tr><th>Fairness</th><th>v2</th><th>v1</th></tr></thead>"
        f"<tbody>{ROW}</tbody></table></div></div>"
    )
    inside = "cells => cells.map(cell => cell.scrollWidth <= cell.clientWidth)"
    assert page.eval_on_selector_all("td", inside) == [True, True, True]
