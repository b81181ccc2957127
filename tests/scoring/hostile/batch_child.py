"""Opens many hostile files in one confined child, as ``child.py`` opens one. Only for tests: to try
a hundred files at three tiers without paying for three hundred imports.

Writes what came of each to ``said.json``: the sentence of the refusal, or what broke.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from governance.scoring import opening, sandbox
from governance.scoring.answers import Asked, Unusable

job = json.loads(Path("job.json").read_text())
formats = sorted({case["format"] for case in job["cases"]})
for format in formats:
    opening.prepare(format)
reached = sandbox.confine_as(job)
for format in formats:
    opening.import_libraries(format)
sandbox.close(reached)
print(json.dumps({"sandbox": reached}), flush=True)
said = {}
for case in job["cases"]:
    asked = Asked(case["task"], tuple(job["features"]))
    try:
        opening.opened(case["format"], Path(case["file"]), asked)
        said[case["name"]] = ["opened", ""]
    except Unusable as error:
        said[case["name"]] = [type(error).__name__, str(error)]
    except Exception as error:
        said[case["name"]] = ["broke", repr(error)]
Path("said.json").write_text(json.dumps(said))
os._exit(0)
