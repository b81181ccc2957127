"""Run by Spark's own environment: counts files with PySpark and prints the counts as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from governance.counting import Spec, count, engines
from governance.counting.places import Data


def main() -> None:
    """Arguments: specifications as a JSON list, then files and addresses. Prints a JSON list."""
    data = Data(tuple(sys.argv[2:]), ".parquet")
    found = []
    with engines.opened("spark", data, []) as frame:
        for given in json.loads(sys.argv[1]):
            spec = Spec(**given | {"sensitive": tuple(given["sensitive"])})
            found.append(count(frame, spec).to_json())
    print(json.dumps(found))


if __name__ == "__main__":
    main()
