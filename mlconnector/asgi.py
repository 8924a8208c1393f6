"""The ASGI entry point."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from mlconnector.checks import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlconnector.settings")

application = get_asgi_application()
refuse_unsafe_start()
