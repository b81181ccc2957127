"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from governance.services import verdict_counts  # noqa: E402  (once Django is set up)

verdict_counts.keep_telling()
