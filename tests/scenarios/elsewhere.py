"""The tests' settings for a process of its own, which uses the database of the tests."""

from __future__ import annotations

import os

from tests.settings import *  # noqa: F403

DATABASES["default"]["NAME"] = os.environ["ELSEWHERE_DATABASE"]  # noqa: F405
