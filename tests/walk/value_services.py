"""Public functions of the services of business value that change nothing."""

from __future__ import annotations

from typing import Final

OF_VALUE: Final = {
    "governance.awaited_value_cases": {"of_value_cases", "digest_to_approve"},
    "governance.allocations": {"current", "shares_of"},
    "governance.exchange_rates": {"rates"},
    "governance.kpis": {"lock", "lock_use_cases", "find"},
    "governance.plans": {
        "find",
        "loosening_is_bound",
        "levels_of",
        "protected_of",
        "asked_by",
    },
    "governance.envisioning": {"progress", "missing", "promising", "jars_among"},
    "governance.reviewing_value": {"seen", "kept", "replaced", "verified"},
    "governance.observations": {"standing_of", "find", "why_not_verify"},
    "governance.value_cases": {"why_not_approve", "problems_of"},
    "governance.value_documents": {
        "document_of",
        "current",
        "shown",
        "promised_of",
        "terms_of",
    },
    "governance.phases": {"facts_of", "criteria_of"},
    "governance.readiness": {"area_at", "checklist", "why_not_state"},
    "governance.standings": {"standing_of", "reckoned", "cents"},
    "governance.overdue": {
        "reviews",
        "conditions",
        "findings",
        "reviews_then",
        "findings_then",
    },
    "governance.portfolio": {"wanted_of", "chosen", "portfolio", "told_in", "units_of"},
    "governance.portfolio_lines": {
        "now",
        "end_of_day",
        "lines",
        "band_of",
        "late_reviews",
        "late_findings",
        "in_force",
    },
    "governance.portfolio_facts": {
        "first_authorized",
        "lead_times",
        "checks",
        "trust",
        "trust_of",
        "reused",
        "models",
    },
    "governance.portfolio_rows": {"part_of", "listed", "records"},
    "governance.portfolio_files": {"as_csv"},
    "governance.board_packs": {"wanted_of"},
    "governance.payoffs": {"current", "payoff_of"},
    "governance.counted_decisions": {"find", "measured_versions", "of_versions", "in_use"},
    "governance.worth": {
        "in_money",
        "of_version",
        "compare",
        "explored",
        "listed",
        "threshold_of",
    },
}
