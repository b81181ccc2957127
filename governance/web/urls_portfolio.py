"""Where the pages of the portfolio stand."""

from __future__ import annotations

from governance.web import board_pack, portfolio
from lib.http.pages import Page

SEE = "governance.read"

PORTFOLIO = (
    Page("portfolio/", portfolio.show, "portfolio", SEE),
    Page("portfolio/board-pack/", board_pack.show, "board_pack", SEE),
    Page("portfolio/rows/<slug:kind>/", portfolio.rows, "portfolio_rows", SEE),
)
