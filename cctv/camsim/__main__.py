"""``python -m cctv.camsim --config FILE`` serves; ``prepare`` and ``encode`` only make loops."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

from .config import ConfigError, LoopSpec, load
from .process import die_with_parent


def main(arguments: list[str] | None = None) -> int:
    """Run one of the three commands; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (ConfigError, OSError) as error:
        sys.stderr.write(f"camsim: {error}\n")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cctv.camsim", description=__doc__)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--die-with-parent", action="store_true")
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers()
    prepare = commands.add_parser("prepare", help="draw and encode all loops of a configuration")
    prepare.add_argument("--config", type=Path, required=True)
    prepare.add_argument("--out", type=Path)
    prepare.add_argument("--workers", type=int, default=0)
    prepare.set_defaults(run=_prepare)
    encode = commands.add_parser("encode", help="draw and encode the loops given as JSON on stdin")
    encode.add_argument("--out", type=Path, required=True)
    encode.add_argument("--workers", type=int, default=0)
    encode.set_defaults(run=_encode)
    return parser


def _serve(options: argparse.Namespace) -> int:
    if options.config is None:
        raise ConfigError("--config FILE is needed")
    if options.die_with_parent:
        die_with_parent()
    from .server import Simulator

    asyncio.run(Simulator(load(options.config)).run())
    return 0


def _prepare(options: argparse.Namespace) -> int:
    from .loops import prepare

    config = load(options.config)
    start = time.monotonic()

    def told(done: int, wanted: int) -> None:
        sys.stdout.write(f"{done} of {wanted}\n")
        sys.stdout.flush()

    made = prepare(config.loops(), options.out or config.loops_folder, options.workers, told)
    sys.stdout.write(f"{len(made)} loops drawn in {time.monotonic() - start:.1f} s\n")
    return 0


def _encode(options: argparse.Namespace) -> int:
    from .loops import prepare

    die_with_parent()
    prepare([LoopSpec(**entry) for entry in json.load(sys.stdin)], options.out, options.workers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
