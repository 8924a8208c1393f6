"""The WSGI entry point."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from mlconnector.checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlconnector.settings")

application = get_wsgi_application()
refuse_unsafe_start()
