"""What the web server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from governance.services import verdict_counts  # noqa: E402  (once Django is set up)

verdict_counts.keep_telling()

# What is loaded here stays for good. Out of the collector's sight, the workers that are forked from
# it go on sharing it, and no collection walks it again (`benchmarks/memory.py` weighs it).
gc.collect()
gc.freeze()
