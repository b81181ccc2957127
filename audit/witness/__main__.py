"""``python -m audit.witness``."""

from __future__ import annotations

import sys

from audit.witness.command import main

sys.exit(main())
