"""The table in the docs is the one behind --help."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from governance.cli import __main__ as command
from governance.cli import check
from governance.cli.check_options import OPTIONS, Asked, table

DOCS = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def test_the_docs_have_the_table_of_options():
    """``python -m governance.cli.check_options`` prints it."""
    assert table() in DOCS.read_text()


def test_help_names_every_option_and_every_exit_code(capsys):
    with pytest.raises(SystemExit) as ended:
        check.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(option.flag in shown for option in OPTIONS)
    assert all(f"  {code}  " in shown for code in range(4))
    assert "It outranks a fail" in shown


def test_every_option_has_its_place():
    places = {one.name for one in fields(Asked)}
    assert {option.key for option in OPTIONS} - {"describe"} == places - {"columns"}


def test_the_command_lists_what_it_can(capsys):
    assert command.main(["--help"]) == 0
    assert "check " in capsys.readouterr().out
    assert command.main([]) == 3
    assert command.main(["nonsense"]) == 3
