"""What `make run` says before it starts anything."""

from __future__ import annotations

import socket
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def run() -> ModuleType:
    path = Path(__file__).parents[2] / "bin" / "run"
    spec = spec_from_loader("bin_run", SourceFileLoader("bin_run", str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("port", ["abc", "", "0", "70000", "80 80"])
def test_what_is_no_port_is_said_in_a_sentence(run: ModuleType, port: str) -> None:
    assert "is no port" in run.trouble_with({"PORT": port})


def test_a_port_in_use_is_named_with_the_way_out(run: ModuleType) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]

        trouble = run.trouble_with({"PORT": str(number)})

    assert f"Port {number} is already used" in trouble
    assert f"make run PORT={number + 1}" in trouble


def test_two_servers_need_two_ports(run: ModuleType) -> None:
    with socket.socket() as once:
        once.bind(("127.0.0.1", 0))
        number = str(once.getsockname()[1])

    assert "a port each" in run.trouble_with({"PORT": number, "SANDBOX_PORT": number})


def test_a_folder_runs_once(run: ModuleType, tmp_path: Path) -> None:
    (tmp_path / ".env").touch()

    with (tmp_path / ".env").open() as first, (tmp_path / ".env").open() as second:
        assert run.is_first(first)
        assert not run.is_first(second)
