"""A child that shuts itself in, says how far it came, and ends. Started by ``probing``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from governance.scoring import sandbox


def main() -> int:
    job = json.loads(Path("job.json").read_text())
    try:
        reached = sandbox.confine_as(job)
        sandbox.close(reached)
    except sandbox.NotReached as error:
        print(json.dumps({"error": str(error)}), flush=True)  # noqa: T201
        return 3
    print(json.dumps({"sandbox": reached}), flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    os._exit(main())
