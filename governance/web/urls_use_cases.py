"""Where the pages of use cases stand: what they are for, their risk, plan and value."""

from __future__ import annotations

from governance.web import (
    exchange_rates,
    figure_files,
    kpi_page,
    plan,
    use_case_editor,
    use_case_law,
    use_case_risk,
    use_case_worth,
    use_cases,
    value,
)
from lib.http.pages import Page

SEE = "governance.read"
DESCRIBE = "use_case.write"
RECORD = "value.record"

USE_CASES = (
    Page("use-cases/<str:slug>/", use_cases.show, "use_case", SEE, "use_case:{slug}"),
    Page(
        "use-cases/<str:slug>/description/",
        use_case_editor.edit,
        "use_case_description",
        SEE,
        "use_case:{slug}",
        DESCRIBE,
    ),
    Page(
        "use-cases/<str:slug>/plan/",
        plan.show,
        "use_case_plan",
        SEE,
        "use_case:{slug}",
        DESCRIBE,
    ),
    Page(
        "use-cases/<str:slug>/risk/",
        use_case_risk.show,
        "use_case_risk",
        SEE,
        "use_case:{slug}",
        DESCRIBE,
    ),
    Page(
        "use-cases/<str:slug>/risk/proof/",
        use_case_risk.proof,
        "use_case_risk_proof",
        SEE,
        "use_case:{slug}",
        SEE,
    ),
    Page(
        "use-cases/<str:slug>/law/",
        use_case_law.show,
        "use_case_law",
        SEE,
        "use_case:{slug}",
        DESCRIBE,
    ),
    Page(
        "use-cases/<str:slug>/decisions/",
        use_case_worth.show,
        "use_case_worth",
        SEE,
        "use_case:{slug}",
        DESCRIBE,
    ),
    Page(
        "use-cases/<str:slug>/value/",
        value.show,
        "use_case_value",
        SEE,
        "use_case:{slug}",
        accepts=SEE,
        changes=True,
    ),
    Page(
        "use-cases/<str:slug>/value/new-kpi/",
        kpi_page.new,
        "kpi_new",
        DESCRIBE,
        "use_case:{slug}",
        accepts=DESCRIBE,
    ),
    Page(
        "use-cases/<str:slug>/value/kpis/<str:key>/",
        kpi_page.show,
        "kpi",
        SEE,
        "use_case:{slug}",
        accepts=SEE,
        changes=True,
    ),
    Page(
        "use-cases/<str:slug>/value/files/",
        figure_files.take,
        "figure_files",
        SEE,
        "use_case:{slug}",
        accepts=RECORD,
    ),
    Page(
        "use-cases/<str:slug>/value/files/<uuid:upload_id>/",
        figure_files.show,
        "figure_file",
        SEE,
        "use_case:{slug}",
    ),
    Page("exchange-rates/", exchange_rates.show, "exchange_rates", SEE, accepts=RECORD),
    Page("use-case-editor/", use_case_editor.new, "use_case_editor", DESCRIBE, accepts=DESCRIBE),
)
