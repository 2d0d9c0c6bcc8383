"""``python -m complaints.channelsim --config FILE`` serves a simulated world until it is stopped."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cctv.camsim.process import die_with_parent
from complaints.channelsim.config import Config, ConfigError, load
from complaints.channelsim.server import run


def main(arguments: list[str] | None = None) -> int:
    """Runs it; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m complaints.channelsim", description=__doc__)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--die-with-parent", action="store_true")
    options = parser.parse_args(arguments)
    if options.die_with_parent:
        die_with_parent()
    try:
        run(load(options.config) if options.config else Config())
    except (ConfigError, OSError) as error:
        sys.stderr.write(f"channelsim: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
