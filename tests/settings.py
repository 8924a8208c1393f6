"""The product's settings without a developer's .env, and with faster logins."""

from __future__ import annotations

import os

os.environ["CONNECTOR_ENV_FILE"] = ""
os.environ.setdefault("DEBUG", "true")
os.environ.setdefault("SECRET_KEY", "tests-only-0123456789-abcdefghijklmnopqrstuvw")
os.environ.setdefault("CONNECTOR_SECRET_KEYS", "tests-only-9876543210-zyxwvutsrqponmlkjihgfe")

from mlconnector.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
