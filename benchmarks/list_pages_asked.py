"""Who asks for which list, and the queries that are asked for there."""

from __future__ import annotations

from typing import Final

DEEP: Final = "deep"
"""Stands for: the page to which its links to the next one lead in twenty steps."""

OFFICER, AUDITOR, OPERATOR, OWNER = "officer", "auditor", "operator", "made-up-7"
# Who asks, where, and the queries that are asked for there.
PAGES: Final[tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]] = (
    (
        (OFFICER, AUDITOR, OWNER),
        "/",
        ("", "?kind=decision&tier=1", "?standing=overdue", "?page=9", "?model=credit-scoring_v0"),
    ),
    ((OFFICER, OWNER), "/notices/", ("", "?page=9", DEEP)),
    (
        (OFFICER, OWNER),
        "/releases/",
        (
            "",
            "?q=credit",
            "?q=credit-forecast_v4001",
            "?q=4001",
            "?q=nothing-like-it",
            "?state__exact=in_review",
            "?state__exact=released&tier__exact=1",
            "?o=4",
            DEEP,
        ),
    ),
    (
        (OFFICER, OWNER),
        "/authorizations/",
        (
            "",
            "?q=credit",
            "?q=credit-forecast_v4001",
            "?q=nothing-like-it",
            "?state__exact=active",
            "?kind__exact=emergency",
            "?o=6",
            DEEP,
        ),
    ),
    (
        (OFFICER, OWNER),
        "/findings/",
        (
            "",
            "?state=any",
            "?overdue=true",
            "?severity=high&state=closed",
            "?owner=made-up-7",
            DEEP,
        ),
    ),
    (
        (OFFICER, OWNER),
        "/models/",
        (
            "",
            "?words=credit+branch",
            "?words=team",
            "?words=nothing-like-it",
            "?tag=team%3Dteam-7",
            "?tag=team",
            "?alias=challenger",
            "?owner=made-up-7",
            "?tier=1",
            "?tier=2&state=unsealed&governed=true",
            "?state=deleted",
            "?business_unit=unit-3",
            "?order=newest",
            DEEP,
        ),
    ),
    (
        (OFFICER, OWNER),
        "/versions/",
        (
            "",
            "?words=credit+branch",
            "?words=trained+week",
            "?words=week",
            "?words=nothing-like-it",
            "?tag=ticket%3DRISK-4711",
            "?tag=team",
            "?tag=validated%3Dtrue",
            "?alias=champion",
            "?alias=challenger&tier=3",
            "?owner=made-up-7",
            "?tier=1",
            "?tier=1&state=unsealed",
            "?state=deleted",
            "?name=credit-scoring_v0",
            "?business_unit=unit-3&words=team",
            DEEP,
        ),
    ),
    ((OFFICER,), "/datasets/", ("", "?q=made-up-77", "?o=3", DEEP)),
    (
        (OFFICER, OWNER),
        "/deployments/",
        ("", "?q=credit", "?q=nothing-like-it", "?o=1", DEEP),
    ),
    (
        (OFFICER, OWNER),
        "/use-cases/",
        ("", "?q=case+77", "?tier__exact=1", "?phase__exact=deploy", "?o=3", DEEP),
    ),
    (
        (OFFICER, OWNER),
        "/inventory/",
        ("", "?tier=1", "?words=case+77", "?overdue=true", "?incomplete=true", "?page=4"),
    ),
    ((OFFICER,), "/exchange-rates/", ("",)),
    (
        (OFFICER, OWNER),
        "/portfolio/",
        (
            "",
            "board-pack/",
            "rows/models/?reused=true",
            "rows/versions/?lead=longer",
        ),
    ),
    ((OFFICER,), "/policies/", ("", "?q=policy+7")),
    ((OFFICER,), "/regimes/", ("", "eu-high-risk/")),
    ((OFFICER,), "/methodologies/", ("",)),
    (
        (AUDITOR,),
        "/audit/",
        (
            "",
            "?subject=model:busy",
            "?subject=release:s77",
            "?action=release.approve",
            "?action=model.register",
            "?from=2023-11-14&to=2023-11-14",
            DEEP,
        ),
    ),
    ((AUDITOR,), "/audit/exports/", ("",)),
    (
        (OFFICER, AUDITOR),
        "/as-of/",
        ("", "?model=credit-scoring_v0&environment=production"),
    ),
    ((OFFICER,), "/delegations/", ("",)),
    ((OFFICER,), "/calendar/", ("",)),
    (
        (OPERATOR,),
        "/people/",
        ("", "?q=Person+7", "?is_active__exact=1", DEEP),
    ),
    ((OPERATOR,), "/roles/", ("", "?q=made-up-7", "?scope_kind__exact=business_unit", DEEP)),
    ((OPERATOR,), "/tokens/", ("", "?q=made-up-7", DEEP)),
    ((OPERATOR,), "/webhooks/", ("", "{webhook}/", "{webhook}/?page=40")),
    ((OPERATOR,), "/operations/", ("", "?page=4", "progress/")),
    ((OFFICER,), "/models/credit-scoring_v0/", ("",)),
    ((OFFICER,), "/use-cases/made-up-7/", ("",)),
)
