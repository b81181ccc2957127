"""Where the pages of use cases stand: what they are for, their risk, plan and value."""

from __future__ import annotations

from governance.web import (
    use_case_editor,
    use_case_law,
    use_case_risk,
    use_case_worth,
    use_cases,
)
from lib.http.pages import Page

SEE = "governance.read"
DESCRIBE = "use_case.write"

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
    Page("use-case-editor/", use_case_editor.new, "use_case_editor", DESCRIBE, accepts=DESCRIBE),
)
