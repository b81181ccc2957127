"""What each database role can do to the trail, as tables for docs/audit-log.md. To print them:

python manage.py shell -c "from tests.audit import powers; powers.show()"
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tests.audit.big_bypasses import DJANGO, HISTORIES
from tests.audit.bypasses import BEHIND, STATEMENTS
from tests.audit.mischief import MISCHIEF

ALL: Final = (*STATEMENTS, *DJANGO, *BEHIND, *HISTORIES)


def of_each_role() -> str:
    head = "| the past is rewritten by | application | owner | superuser | what betrays it |"
    return _table(head, (what.row for what in ALL))


def of_the_application() -> str:
    head = "| the application's role | what follows | what betrays it |"
    return _table(head, (what.row for what in MISCHIEF))


def _table(head: str, rows: Iterable[str]) -> str:
    return "\n".join([head, "| --- " * (head.count("|") - 1) + "|", *rows])


def show() -> None:
    print(of_each_role(), of_the_application(), sep="\n\n")
