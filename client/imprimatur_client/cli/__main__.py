"""``python -m imprimatur_client.cli``."""

import sys

from imprimatur_client.cli import main

sys.exit(main())
