"""The product's settings without a developer's .env, and with faster logins."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ["CONNECTOR_ENV_FILE"] = ""
os.environ.setdefault("DEBUG", "true")
os.environ.setdefault("SECRET_KEY", "tests-only-0123456789-abcdefghijklmnopqrstuvw")
os.environ.setdefault("CONNECTOR_SECRET_KEYS", "tests-only-9876543210-zyxwvutsrqponmlkjihgfe")

from mlconnector.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, not memory: workers side by side wait for each other there, as they do in life.
    DATABASES["default"]["TEST"] = {  # noqa: F405
        "NAME": str(Path(tempfile.gettempdir()) / f"ml-connector-tests-{os.getpid()}.sqlite3")
    }
