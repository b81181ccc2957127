"""HTML to PDF. WeasyPrint and Pango are imported on use, and only workers use them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lib.canonical import sha256
from lib.errors import Unavailable

SHEET = Path(__file__).with_name("dossier.css")
NO_PANGO = (
    "PDFs need Pango: install it (Debian and Ubuntu: apt-get install libpango-1.0-0 "
    "libpangoft2-1.0-0; macOS: brew install pango) and start the workers again."
)


def engine() -> Any:
    """The typesetter. Raises Unavailable when this machine has no Pango."""
    try:
        import weasyprint
    except OSError as error:  # what ctypes raises for a library that is not there
        raise Unavailable(NO_PANGO, code="no_pango") from error
    return weasyprint


def typeset(html: str, *more: Path) -> tuple[int, bytes]:
    """Number of pages, and the PDF: the same bytes for the same HTML. ``more`` are further sheets.

    Pictures come as data addresses; nothing is fetched, from a disk or from a network, whatever
    a name or a chart may contain.
    """
    printer = engine()
    fetcher = printer.URLFetcher(allowed_protocols=("data",))
    sheets = [printer.CSS(string=each.read_text(), url_fetcher=fetcher) for each in (SHEET, *more)]
    document = printer.HTML(string=html, url_fetcher=fetcher).render(
        stylesheets=sheets, pdf_tags=True
    )
    identity = sha256(html.encode())[:32].encode()
    return len(document.pages), document.write_pdf(pdf_identifier=identity, pdf_tags=True)
