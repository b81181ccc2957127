"""What an import has to do, from what is there and what is here: numbers are kept, whatever."""

from __future__ import annotations

from registry.importing.facts import ModelFacts, VersionFacts
from registry.importing.planning import WIDEST_GAP, Here, Plan, batches, plan

CREDIT = ModelFacts("credit")


def versions(*numbers: int) -> list[VersionFacts]:
    return [VersionFacts(number, source=f"s3://{number}") for number in numbers]


def numbers(made: Plan) -> list[int]:
    return [each.number for each in made.missing]


def why(made: Plan) -> dict[str, str]:
    return {each.what: each.why for each in made.skipped}


def test_gaps_become_tombstones() -> None:
    made = plan(CREDIT, versions(5, 1, 3), Here())
    assert (numbers(made), made.gaps, made.present) == ([1, 3, 5], 2, 0)
    assert not made.skipped


def test_what_is_here_is_not_brought_again() -> None:
    here = Here(exists=True, last_number=3, sources={1: "s3://1", 3: "s3://3"})
    made = plan(CREDIT, versions(1, 3, 4), here)
    assert (numbers(made), made.present, made.gaps) == ([4], 2, 0)
    assert not made.skipped


def test_a_number_that_is_used_up_here_is_not_given_twice() -> None:
    here = Here(exists=True, last_number=3, sources={1: "s3://1", 3: "s3://of another"})
    made = plan(CREDIT, versions(1, 2, 3), here)
    assert numbers(made) == []
    assert why(made) == {
        "credit v2": "its number is used up here, by a deleted version",
        "credit v3": "another version has this number here",
    }


def test_a_version_that_is_not_ready_leaves_its_number_empty() -> None:
    failed = VersionFacts(2, status="FAILED_REGISTRATION")
    made = plan(CREDIT, [*versions(1, 3), failed], Here())
    assert (numbers(made), made.gaps) == ([1, 3], 1)
    assert why(made) == {"credit v2": "it is not ready there (FAILED_REGISTRATION)"}


def test_a_number_beyond_all_reason_is_not_reached() -> None:
    made = plan(CREDIT, versions(1, WIDEST_GAP + 2), Here())
    assert (numbers(made), made.gaps) == ([1], 0)
    assert "credit v100002" in why(made)


def test_aliases_point_where_they_did_unless_somebody_moved_them_here() -> None:
    told = {"champion": 1, "next": 3, "gone": 2, "latest": 3, "kept": 3}
    here = Here(exists=True, last_number=1, sources={1: "s3://1"}, aliases={"kept": 1})
    made = plan(ModelFacts("credit", aliases=told), versions(1, 3), here)
    assert made.aliases == {"champion": 1, "next": 3}
    assert set(why(made)) == {"credit@gone", "credit@latest", "credit@kept"}
    assert why(made)["credit@kept"] == "here it points at version 1"


def test_production_is_a_claim_on_a_governed_model() -> None:
    staged = [VersionFacts(1, stage="Production"), VersionFacts(2, stage="Staging")]
    assert [v.stage for v in plan(CREDIT, staged, Here()).missing] == ["Production", "Staging"]
    made = plan(CREDIT, staged, Here(governed=True))
    assert [v.stage for v in made.missing] == ["None", "Staging"]
    assert list(why(made)) == ["credit v1, stage Production"]


def test_a_tag_that_does_not_fit_stays_behind_alone() -> None:
    tagged = VersionFacts(1, tags={"a": "1", "k" * 251: "x", "": "y", "v": "v" * 100_001})
    made = plan(CREDIT, [tagged], Here())
    assert made.missing[0].tags == {"a": "1"}
    assert len(made.skipped) == 3


def test_parts_cover_every_number_once_and_end_with_the_last_version() -> None:
    made = plan(CREDIT, versions(1, 2, 250, 251, 460), Here())
    parts = list(batches(made, first=1))
    reached, brought = 0, []
    for up_to, some in parts:
        assert reached < up_to <= reached + 100
        assert all(reached < each.number <= up_to for each in some)
        brought += [each.number for each in some]
        reached = up_to
    assert brought == [1, 2, 250, 251, 460]
    assert reached == 460


def test_parts_of_a_long_name_are_smaller() -> None:
    made = plan(ModelFacts("ü" * 256), versions(*range(1, 101)), Here())
    assert max(len(some) for _, some in batches(made, first=1)) == 20_000 // (512 + 32)
