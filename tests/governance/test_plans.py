"""Plans: saved field by field, told of as far as they changed, and loosened by no owner."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from audit.models import Entry
from governance.models import Plan, UseCase
from governance.services import envisioning, phases, plans
from governance.value.phases import is_brain_in_a_jar
from lib.errors import Invalid, Refused
from registry.models import RegisteredModel
from tests import cast
from tests.by_hand import by_hand
from tests.governance.make import Bank, make_release
from tests.governance.make_plans import OFF, RACE, fair, set_plan
from tests.governance.make_risk import assess, make_methodology
from tests.governance.make_value import make_kpi, make_value_case
from tests.governance.test_value_cases import approve

pytestmark = pytest.mark.django_db
AT = "/api/v1/use-cases/mortgage/plan"
WHY = "Fewer groups are decided on."
TEXTS = {name: f"About {name}." for name in (*plans.DESCRIBED, *plans.TEXTS)}


def entries(action: str = "plan.set") -> list[Any]:
    return [entry.content for entry in Entry.objects.filter(action=action).order_by("pk")]


def patch(bank: Bank, who: Any, body: Any) -> Any:
    return cast.api(who).patch(AT, body, format="json")


def test_there_is_an_empty_plan_before_anybody_begins(bank: Bank) -> None:
    plan = plans.find(bank.use_case)
    assert (plan.pk, plan.why, plan.dials, plan.protected) == (None, "", {}, [])
    assert set_plan(bank).pk is None
    assert entries() == []


def test_one_field_alone_is_kept_and_the_others_stay(bank: Bank) -> None:
    set_plan(bank, why="Applicants leave.", success="A day.")
    plan = set_plan(bank, success="Half a day.")
    assert (plan.why, plan.success) == ("Applicants leave.", "Half a day.")


def test_what_changed_and_nothing_else_stands_in_the_trail(bank: Bank) -> None:
    set_plan(bank, why="Applicants leave.", success="A day.")
    set_plan(bank, why="Applicants leave.", success="Half a day.")
    assert entries()[1]["details"] == {
        "before": {"success": "A day."},
        "after": {"success": "Half a day."},
    }


def test_what_says_the_same_leaves_nothing(bank: Bank) -> None:
    fair(bank, why="Applicants leave.", objective="Faster")
    before = Entry.objects.count()
    fair(bank, why="Applicants leave.", objective="Faster")
    assert Entry.objects.count() == before


def test_objective_hypothesis_and_users_stand_where_they_always_did(bank: Bank) -> None:
    set_plan(bank, objective="Decide in a day", hypothesis="It can be scored", users="Clerks")
    row = UseCase.objects.get(slug="mortgage")
    assert (row.objective, row.hypothesis, row.users) == (
        "Decide in a day", "It can be scored", "Clerks",
    )  # fmt: skip
    assert len(entries("use_case.describe")) == 1
    assert not Plan.objects.exists()


def test_people_stand_in_the_trail_by_no_name(bank: Bank) -> None:
    set_plan(
        bank, product_manager="petra", decision_maker="Ines Falk", domain_experts="Jo, of credit"
    )
    (told,) = entries()
    assert told["details"]["after"] == {
        "product_manager": bank.people.petra.pseudonym,
        "decision_maker": "9 characters",
        "domain_experts": "13 characters",
    }
    assert "Ines" not in str(told)
    set_plan(bank, product_manager="")
    assert plans.find(bank.use_case).product_manager is None


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"why": "w" * 5001}, ["why"]),
        ({"objective": " "}, ["objective"]),
        ({"users": "u" * 5001, "success": "s" * 5001}, ["success", "users"]),
        ({"product_manager": "nobody"}, ["product_manager"]),
        ({"dials": {"fairness": 4}, "protected": [RACE]}, ["dials.fairness"]),
        ({"dials": {"charm": 1, "privacy": True}}, ["dials.charm", "dials.privacy"]),
        ({"dials": {"fairness": 1}}, ["protected"]),
        ({"protected": [RACE, RACE]}, ["protected"]),
        ({"protected": [{"attribute": "race", "reference": " "}]}, ["protected"]),
        ({"protected": [{"attribute": "r" * 101, "reference": "x"}]}, ["protected"]),
        ({"protected": [{"attribute": f"a{n}", "reference": "x"} for n in range(11)]},
         ["protected"]),
        ({"tier": 3, "updated_at": "now"}, ["tier", "updated_at"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_kept(
    bank: Bank, fields: dict[str, Any], wrong: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        set_plan(bank, **({"workflow": "Clerks decide less."} | fields))
    assert sorted(refused.value.errors) == wrong
    assert not Plan.objects.exists()
    assert not entries("use_case.describe")


def test_somebody_who_left_manages_no_plan(bank: Bank) -> None:
    with by_hand():
        User.objects.filter(username="petra").update(is_active=False)
    with pytest.raises(Invalid):
        set_plan(bank, product_manager="petra")


def test_dials_are_set_one_by_one_and_taken_back(bank: Bank) -> None:
    set_plan(bank, dials={"privacy": 1})
    set_plan(bank, dials={"security": 3})
    assert plans.find(bank.use_case).dials == {"privacy": 1, "security": 3}
    set_plan(bank, dials={"privacy": None})
    assert plans.find(bank.use_case).dials == {"security": 3}


def test_the_last_attribute_stays_while_fairness_is_measured(bank: Bank) -> None:
    fair(bank)
    with pytest.raises(Invalid) as refused:
        set_plan(bank, protected=[])
    assert list(refused.value.errors) == ["protected"]
    set_plan(bank, dials={"fairness": 0}, protected=[])


LOOSER: list[dict[str, Any]] = [
    {"dials": {"fairness": 1}},
    {"dials": {"fairness": None}},
    {"dials": {"robustness": 3, "fairness": 1}},
    {"protected": [{"attribute": "sex", "reference": "male"}]},
    {"protected": [{"attribute": "race", "reference": "black"}]},
]


def promised(bank: Bank) -> None:
    approve(bank, make_value_case(bank))


@pytest.mark.parametrize("fields", LOOSER)
@pytest.mark.parametrize("held_by", [make_release, promised])
def test_once_something_rests_on_them_no_owner_loosens_guardrails(
    bank: Bank, fields: dict[str, Any], held_by: Any
) -> None:
    fair(bank)
    held_by(bank)
    for who in (bank.people.ada.actor, bank.robot):
        with pytest.raises(Refused) as refused:
            set_plan(bank, by=who, reason=WHY, **fields)
        assert refused.value.code == "own_use_case"
    with pytest.raises(Invalid) as unsaid:
        set_plan(bank, by=bank.people.rita.actor, reason="why not", **fields)
    assert list(unsaid.value.errors) == ["reason"]
    assert plans.find(bank.use_case).dials == {"fairness": 2}
    set_plan(bank, by=bank.people.rita.actor, reason=WHY, **fields)
    told = Entry.objects.filter(action="plan.set").latest("pk")
    assert told.openings.get(field="reason").value == WHY


def test_the_owner_of_a_model_loosens_nothing_either(bank: Bank) -> None:
    fair(bank)
    make_release(bank)
    with by_hand():
        RegisteredModel.objects.filter(name="credit").update(owner=bank.people.rita)
    with pytest.raises(Refused):
        set_plan(bank, by=bank.people.rita.actor, reason=WHY, dials={"fairness": 1})


def test_an_owner_tightens_whenever_they_like(bank: Bank) -> None:
    fair(bank)
    make_release(bank)
    set_plan(
        bank,
        by=bank.people.ada.actor,
        dials={"fairness": 3, "privacy": 1},
        protected=[RACE, {"attribute": "sex", "reference": "male"}],
    )
    assert plans.find(bank.use_case).dials == {"fairness": 3, "privacy": 1}


def test_while_nothing_rests_on_them_an_owner_turns_them_as_they_like(bank: Bank) -> None:
    fair(bank, 3)
    set_plan(bank, by=bank.people.ada.actor, dials={"fairness": 0}, protected=[])
    assert plans.find(bank.use_case).dials == {"fairness": 0}


def test_criteria_of_the_phase_are_met_one_by_one(bank: Bank) -> None:
    def met() -> set[str]:
        facts = phases.facts_of(UseCase.objects.get(slug="mortgage"))
        return {one.criterion.key for one in envisioning.progress(facts) if one.is_met}

    assert met() == {"objective"}
    set_plan(bank, product_manager="petra", **TEXTS)
    assert met() == {
        "objective", "people", "success", "hypotheses", "workflow", "protection",
    }  # fmt: skip
    fair(bank)
    assert "dials" not in met()
    fair(bank, dials=OFF)
    make_methodology()
    assess(bank, "high")
    promised(bank)
    assert {"dials", "risk", "value_case"} <= met()
    make_value_case(bank, investment=1)
    assert "value_case" not in met()


def test_what_promises_nothing_is_a_brain_in_a_jar(bank: Bank) -> None:
    assert is_brain_in_a_jar(phases.facts_of(bank.use_case))
    assert envisioning.jars_among([bank.use_case]) == {bank.use_case.pk}
    assert "promises nothing" in envisioning.missing(phases.facts_of(bank.use_case))
    make_kpi(bank)
    assert envisioning.missing(phases.facts_of(bank.use_case)) == ""
    assert envisioning.jars_among([bank.use_case]) == set()


def test_it_is_read_and_changed_over_rest(bank: Bank) -> None:
    people = bank.people
    for who, status in ((None, 401), (people.mallory, 403), (people.otto, 403), (people.ravi, 403)):
        assert patch(bank, who, {"why": "x"}).status_code == status
    body = {"why": "Applicants leave.", "dials": {"fairness": 2}, "protected": [RACE],
            "product_manager": "petra"}  # fmt: skip
    changed = patch(bank, people.ada, body)
    assert changed.status_code == 200
    found = cast.api(people.otto).get(AT).json()
    assert found == changed.json()
    assert {name: found[name] for name in body} == body
    assert found["objective"] == "Decide quickly and fairly"
    assert [one["name"] for one in found["asks"]] == [
        "Outcomes by race", "Four fifths by race", "Errors by race",
    ]  # fmt: skip
    assert {one["key"]: one["is_met"] for one in found["criteria"]}["objective"] is True
    assert found["is_brain_in_a_jar"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"why": 3}, "why"),
        ({"why": "w" * 5001}, "why"),
        ({"objective": ""}, "objective"),
        ({"colour": "red"}, "colour"),
        ({"product_manager": "nobody"}, "product_manager"),
        ({"dials": {"fairness": 4}}, "dials.fairness"),
        ({"dials": {"fairness": "2"}}, "dials.fairness"),
        ({"dials": {"charm": 2}}, "dials.charm"),
        ({"dials": {"fairness": 1}}, "protected"),
        ({"dials": [1]}, "dials"),
        ({"protected": [{"attribute": "race"}]}, "protected[0].reference"),
        ({"protected": "race"}, "protected"),
    ],
)
def test_what_is_wrong_in_a_body_is_named(bank: Bank, body: dict[str, Any], field: str) -> None:
    refused = patch(bank, bank.people.ada, body)
    assert refused.status_code == 400
    assert field in [each["field"] for each in refused.json()["errors"]]


def test_loosening_over_rest_takes_a_reason(bank: Bank) -> None:
    fair(bank)
    make_release(bank)
    body = {"dials": {"fairness": 1}}
    assert patch(bank, bank.people.ada, body).json()["code"] == "own_use_case"
    assert patch(bank, bank.people.rita, body).status_code == 400
    assert patch(bank, bank.people.rita, body | {"reason": WHY}).status_code == 200


def test_what_each_level_means_is_there_to_be_read(bank: Bank) -> None:
    assert cast.api(bank.people.mallory).get("/api/v1/dials").status_code == 403
    found = cast.api(bank.people.otto).get("/api/v1/dials").json()["items"]
    assert [one["component"] for one in found][0] == "fairness"
    assert [level["level"] for level in found[0]["levels"]] == [0, 1, 2, 3]
    assert found[0]["levels"][2]["checks"][0]["check"] == "fairness.selection_rate_ratio"
