"""A run in a process of its own, which may be killed."""

from __future__ import annotations

import os
import subprocess
import sys

from django.db import connection

from tests.scenarios.story import Story


def other_process(story: Story) -> subprocess.Popen[bytes]:
    """Run the integration once in another process, against the same database."""
    database = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.scenarios.elsewhere",
        "ELSEWHERE_DATABASE": str(database["NAME"]),
        "CONNECTOR_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    command = [sys.executable, "manage.py", "sync", story.integration.name]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
