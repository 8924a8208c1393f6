"""Run the sandbox: python -m sandbox --port 8070 --seed demo --state sandbox.state."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from sandbox.control import SEEDS
from sandbox.keeping import StateRefused
from sandbox.server import SandboxServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8070, help="0 picks a free port")
    parser.add_argument("--seed", choices=SEEDS, default="demo")
    parser.add_argument(
        "--state",
        type=Path,
        help="go on from this file and save to it (--seed is for the first start only)",
    )
    chosen = parser.parse_args()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _leave)
    try:
        server = SandboxServer(port=chosen.port, seed=chosen.seed, state=chosen.state)
    except StateRefused as refusal:
        sys.exit(str(refusal))
    print(f"Sandbox ready on {server.url}", flush=True)
    try:
        server.run_forever()
    finally:
        server.save()
        print("Sandbox stopped.", flush=True)


def _leave(number: int, frame: FrameType | None) -> None:
    # A second signal, as a terminal and a process manager may both send one, must not cut us off.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    raise SystemExit(0)


if __name__ == "__main__":
    main()
