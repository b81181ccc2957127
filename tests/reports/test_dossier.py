"""The dossier says all of it, in every state, and nothing in it can become markup."""

from __future__ import annotations

import re

import pytest

from audit.services import integrate
from governance.models.releases import ReleaseState
from governance.reports import dossier, marks
from governance.reports.typeset import typeset
from governance.services import releases
from lib.actor import SYSTEM
from tests.governance.make import Bank, sign
from tests.reports.make import in_state, material_of, measured, squeezed, text_of

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("x")</script>'


@pytest.mark.parametrize("state", ReleaseState.values)
def test_it_escapes_everything_in_every_state(bank: Bank, state: str) -> None:
    material = material_of(in_state(bank, state))
    material.page.release.version.model.name = EVIL
    material.page.release.use_case.objective = EVIL
    for gate in material.page.gates:
        gate.reasons = [EVIL]
    for check in material.page.checks:
        check.evidence = {
            "measurements": [{"name": EVIL, "group": EVIL, "note": EVIL, "value": 1.0, "n": 3}],
            "tables": [{"title": EVIL, "columns": [EVIL], "rows": [[EVIL]], "note": EVIL}],
            "parameters": {EVIL: EVIL},
        }
        check.charts = [{"title": EVIL, "alt": EVIL, "svg": f"<svg>{EVIL}</svg>"}]
    html = dossier.html(material)
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<b>bold" not in html
    assert "<i>no" not in html


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("validating", "Validating"),
        ("blocked", "Blocked"),
        ("in_review", "In review"),
        ("changes_requested", "Changes requested"),
        ("released", "Released"),
        ("rejected", "Rejected"),
        ("withdrawn", "Withdrawn"),
    ],
)
def test_every_state_has_an_icon_and_a_word(bank: Bank, state: str, word: str) -> None:
    html = dossier.html(material_of(in_state(bank, state)))
    found = re.search(r'<p class="verdict"><span class="mark is-\w+"><img [^>]+>([^<]+)', html)
    assert found is not None
    assert found[1] == word


def test_the_pdf_holds_who_signed_what_on_which_evidence(bank: Bank) -> None:
    release = in_state(bank, "released")
    material = material_of(release)
    said = text_of(dossier.pdf(material))
    for decision in release.decisions.all():
        for text in (decision.signer_name, decision.statement, decision.digest):
            assert squeezed(text) in said
    for check in material.page.checks:
        for text in (check.key, check.sentence, check.check_id, check.evidence_digest):
            assert squeezed(text) in said
    for digest in (release.version_digest, release.evidence_digest, release.requirement_set_id):
        assert digest in said
    assert release.authorization.digest in said
    assert "ROCAUCatleast0.65" in said
    assert "0.734[0.672,0.788]154" in said
    assert "Notassessed:underthefloor." in said
    assert "2[1,3]200" in said
    assert "confined" in said
    assert release.version.datasets.get().dataset_version.digest in said
    assert "page2of" in said
    assert "Contents" in said
    assert "verify.py" in said


def test_no_chapter_is_missing(bank: Bank) -> None:
    html = dossier.html(material_of(in_state(bank, "released")))
    chapters = re.findall(r'<section class="chapter[^"]*" id="(\w+)"', html)
    assert chapters == [
        "decisions",
        "gates",
        "checks",
        "lineage",
        "value",
        "policy",
        "history",
        "verification",
    ]
    assert '<section class="cover">' in html
    assert re.search(r'class="check".*?<(svg|img)', html, re.DOTALL)


def test_it_ends_with_the_checkpoint_and_how_to_verify(bank: Bank) -> None:
    from audit.models import Checkpoint

    release = in_state(bank, "released")
    integrate()
    html = dossier.html(material_of(release))
    end = html.partition('id="verification"')[2]
    assert Checkpoint.objects.latest().note.splitlines()[2] in end
    for told in (
        f"bundle?subject=release:{release.pk}",
        "verify.py BUNDLE.zip --key",
        "--previous",
    ):
        assert told in end


def test_the_same_case_at_the_same_moment_gives_the_same_bytes(bank: Bank) -> None:
    material = material_of(in_state(bank, "in_review"))
    assert dossier.pdf(material) == dossier.pdf(material)


def test_an_unsigned_slot_is_an_empty_signature_block(bank: Bank) -> None:
    release = in_state(bank, "in_review")
    sign(release, bank.people.ravi, "validator")
    blocks = dossier.context(material_of(release))["blocks"]
    assert [(block.title, block.name) for block in blocks] == [
        ("Validator", "Ravi"),
        ("Model risk officer", ""),
    ]
    assert blocks[0].role == "Validator, second line of defence"


def test_decisions_about_an_earlier_revision_stand_apart(bank: Bank) -> None:
    release = in_state(bank, "changes_requested")
    releases.revise(release, reason="card amended", actor=SYSTEM)
    release.refresh_from_db()
    shown = dossier.context(material_of(measured(release)))
    assert [block.mark.word for block in shown["earlier"]] == ["Changes requested"]
    assert all(not block.name for block in shown["blocks"])


def test_a_gate_opened_by_a_second_signature_is_shown_as_conditional(bank: Bank) -> None:
    release = in_state(bank, "validating")
    measured(release, Fairness="inconclusive")
    sign(release, bank.people.bo, "second:Fairness", reason="more rows are coming")
    gates = {gate["title"]: gate for gate in dossier.context(material_of(release))["gates"]}
    assert gates["Fairness"]["mark"].word == "Open, conditional"
    assert gates["Fairness"]["mark"].shape == "clip"
    assert gates["Fairness"]["verdict"].word == "Inconclusive"


def test_history_opens_names_and_reasons(bank: Bank) -> None:
    material = material_of(in_state(bank, "rejected"))
    newest = next(line for line in material.history if line.did == "rejected")
    assert (newest.who, newest.reason) == ("Rita", "<i>no</i>")
    assert material.entries == len(material.history)
    assert [line.at for line in material.history] == sorted(
        (line.at for line in material.history), reverse=True
    )


def test_columns_without_content_are_not_printed(bank: Bank) -> None:
    chapter = dossier.context(material_of(in_state(bank, "in_review")))["checks"][0]
    assert chapter.tables[0].columns == [("race", False), ("rows", True)]
    assert chapter.tables[0].rows[1] == [("not white", False), ("<10", True)]


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://localhost:9/x.png"])
def test_nothing_is_fetched_whatever_a_chart_asks_for(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}"/></svg>'
    inside = marks.picture(drawing)
    with caplog.at_level("ERROR", logger="weasyprint"):
        pages, _ = typeset(f'<img src="{address}" alt="x"><img src="{inside}" alt="y">')
    assert pages == 1
    assert caplog.text.count("disallowed protocol") >= 1
