"""The one block that is printed when everything runs."""

from __future__ import annotations

import shlex
from pathlib import Path

from config.supervisor.children import ROOT

DATA = ROOT / "var"
PEOPLE = (
    ("rita", "model risk officer"),
    ("ravi", "validator"),
    ("bo", "business owner"),
    ("ada", "model owner"),
    ("petra", "model product manager"),
    ("elena", "executive"),
    ("otto", "auditor"),
)


def block(address: str, example_password: Path | None, seconds: float, *, data: Path) -> str:
    """Address, who can sign in and how, what to look at first."""
    where = "" if data == DATA else f" DATA={shlex.quote(str(data))}"
    rows = [("Address", f"{address}/")]
    if example_password is not None:
        names = ", ".join(f"{name} ({role})" for name, role in PEOPLE)
        half = names.index(", ada") + 1
        rows += [
            ("Sign in", names[:half]),
            ("", names[half:].strip()),
            ("Password", f"{example_password.read_text().strip()}  (the same for all of them)"),
            ("Look first", "as rita: the inbox holds a release that awaits your decision"),
        ]
    else:
        rows += [
            (
                "Sign in",
                "nobody yet? Make the first person, an operator, in another terminal with",
            ),
            ("", f"make operator USER=name{where}"),
        ]
    rows += [
        ("API", f"{address}/api/docs/  (a token: make token ROLE=ci{where})"),
        ("Stop", "Ctrl-C"),
    ]
    lines = [f"  {title:<11}{text}" for title, text in rows]
    return "\n".join(["", f"Imprimatur runs (after {seconds:.1f} s).", "", *lines, ""])
