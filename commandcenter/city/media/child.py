"""The parent's side of `making`: starts it without our environment, waits, believes what it can check."""

from __future__ import annotations

import json
import logging
import math
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from commandcenter.city.media.kinds import Kind
from commandcenter.city.media.limits import Limits
from commandcenter.city.media.making import NAMES, POSTER, RESULT, THUMB
from commandcenter.city.media.problems import Problem, Refused

ROOT = Path(__file__).resolve().parents[3]
MOST_RESULT = 4096
_SLOW = {-signal.SIGXCPU}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """What the child wrote (``poster`` for a video only), and what the original knew."""

    kind: Kind
    served: Path
    thumb: Path
    poster: Path | None
    width: int
    height: int
    seconds: float
    lat: float | None
    lng: float | None
    taken_at: datetime | None


def make(kind: Kind, source: Path, folder: Path, limits: Limits) -> Made:
    """Makes ``source`` anew in ``folder``. Raises Refused, also for a child that crashed or was killed."""
    command = [sys.executable, "-s", "-m", "commandcenter.city.media.making", kind.value]
    command += [str(source), str(folder), json.dumps(asdict(limits))]
    environment = {
        "PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1", "TMPDIR": str(folder),
    }  # fmt: skip
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as process:
        try:
            code = process.wait(limits.wall)
        except subprocess.TimeoutExpired:
            raise Refused(Problem.TOO_SLOW) from None
        finally:  # also where our own time limit or a stop of the worker comes first
            if process.poll() is None:
                process.kill()
    if code != 0:
        log.warning("a %s ended the process that decoded it: %s", kind.value, code)
        raise Refused(Problem.TOO_SLOW if code in _SLOW else Problem.TOO_HEAVY)
    return _checked(kind, folder)


def _checked(kind: Kind, folder: Path) -> Made:
    with (folder / RESULT).open("rb") as file:
        told = json.loads(file.read(MOST_RESULT))
    if told.get("problem"):
        raise Refused(Problem(told["problem"]))
    moment = told["taken_at"]
    served, poster = folder / NAMES[kind], folder / POSTER if kind is Kind.VIDEO else None
    for path in (served, folder / THUMB, poster):
        if path is not None and not _is_ours(path):
            raise Refused(Problem.UNDECODABLE)
    return Made(
        kind, served, folder / THUMB, poster, int(told["width"]), int(told["height"]),
        float(told.get("seconds", 0)), _degrees(told["lat"], 90), _degrees(told["lng"], 180),
        datetime.fromisoformat(moment) if moment else None,
    )  # fmt: skip


def _is_ours(path: Path) -> bool:
    """A plain file of the two forms we write."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(12)
    return head[:3] == b"\xff\xd8\xff" if path.suffix == ".jpg" else head[4:8] == b"ftyp"


def _degrees(value: Any, most: int) -> float | None:
    number = float(value) if value is not None else math.nan
    return number if abs(number) <= most else None
