"""``python -m config.supervisor``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from config.embedded import EmbeddedError
from config.supervisor.children import ROOT
from config.supervisor.preflight import CannotStart, port_number
from config.supervisor.supervisor import Plan, Supervisor


def main() -> int:
    try:
        plan = Plan(
            data=Path(os.environ.get("DATA") or ROOT / "var").resolve(),
            port=port_number(os.environ.get("PORT") or "8000"),
            example=os.environ.get("EXAMPLE", "1") != "0",
        )
        return Supervisor(plan).run()
    except (CannotStart, EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
