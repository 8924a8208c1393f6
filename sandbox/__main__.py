"""Run the sandbox: python -m sandbox --port 8070 --seed demo."""

from __future__ import annotations

import argparse

from sandbox.control import SEEDS
from sandbox.server import SandboxServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8070, help="0 picks a free port")
    parser.add_argument("--seed", choices=SEEDS, default="demo")
    chosen = parser.parse_args()

    server = SandboxServer(port=chosen.port, seed=chosen.seed)
    print(f"Sandbox ready on {server.url}", flush=True)
    try:
        server.run_forever()
    except KeyboardInterrupt:
        print("Sandbox stopped.")


if __name__ == "__main__":
    main()
