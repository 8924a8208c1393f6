#!/usr/bin/env python
"""Run the commands of ml-connector."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlconnector.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
