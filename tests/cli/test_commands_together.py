"""The server's environment offers the commands of files and those of pipelines as one."""

from __future__ import annotations

import pytest

from governance.cli import __main__ as command


def test_help_lists_every_command_in_lines_that_fit(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    named = {line.split()[0] for line in lines if line.startswith("  ")}
    assert named == {"check", "count", "register", "release", "verdict"}
    assert all(len(line) <= 80 for line in lines)


def test_a_command_of_pipelines_is_handed_over(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["verdict", "--help"])
    assert ended.value.code == 0
    assert "imprimatur verdict --file model.onnx" in capsys.readouterr().out
    assert command.main(["release", "--model", "m"]) == 3
    assert "--reason" in capsys.readouterr().err


def test_without_the_client_the_others_remain(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    assert command.main(["verdict", "--digest", "x"]) == 3
    said = capsys.readouterr().err
    assert "check" in said
    assert "verdict" not in said
