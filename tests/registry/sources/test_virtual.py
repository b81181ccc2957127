"""The tree of our own artifact proxy: names that survive any address."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest

from lib.errors import Invalid
from registry.sources.virtual import Place, folder_of, place_of, plain_name, written_name


@pytest.mark.parametrize("name", ["credit", "my model", "ünï", "50%", "a~20b", "%20", "a+b&c?#"])
def test_a_name_comes_back_however_often_the_address_is_decoded(name: str) -> None:
    written = written_name(name)
    assert quote(written, safe="") == written
    assert plain_name(unquote(unquote(written))) == name
    assert place_of(folder_of(name, 7)) == Place(name, 7)


def test_a_name_that_was_not_written_so_is_taken_as_it_is() -> None:
    assert place_of("versions/my model/1/a/b") == Place("my model", 1, "a/b")
    assert plain_name("~ff") == "~ff"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", Place()),
        ("versions", Place()),
        ("versions/", Place()),
        ("versions/credit", Place("credit")),
        ("versions/credit/3/", Place("credit", 3)),
        ("1/ab12/artifacts", None),
        ("versions/credit/latest", None),
        ("versions/credit/0", None),
    ],
)
def test_where_a_path_leads(path: str, found: Place | None) -> None:
    assert place_of(path) == found


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "versions/../x", "versions/credit/1/../2", "versions//1", "versions/a\nb/1",
     "versions/credit/1/a\\b", f"versions/credit/1/{'d/' * 300}f"],
)  # fmt: skip
def test_it_refuses_a_path_that_is_none(path: str) -> None:
    with pytest.raises(Invalid):
        place_of(path)
