"""The settings file of a new installation."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command

from mlconnector.checks import is_weak


def values(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_it_writes_strong_keys_only_the_owner_may_read(tmp_path: Path) -> None:
    path = tmp_path / ".env"

    call_command("first_run", file=path)

    written = values(path)
    assert not is_weak(written["SECRET_KEY"])
    assert not is_weak(written["CONNECTOR_SECRET_KEYS"])
    assert written["SECRET_KEY"] != written["CONNECTOR_SECRET_KEYS"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_never_overwrites_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("CONNECTOR_SECRET_KEYS=precious\n")

    call_command("first_run", file=path)

    assert path.read_text() == "CONNECTOR_SECRET_KEYS=precious\n"
