"""The program of the confined child: one file in, what is served out, the rest in ``result.json``.

``python -m commandcenter.city.media.making photo|video SOURCE TARGET LIMITS`` (JSON). It knows no
settings, no database and no secrets; whatever happens to it, its parent only sees that there is no result.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from commandcenter.city.media.confine import confine
from commandcenter.city.media.kinds import Kind
from commandcenter.city.media.limits import Limits
from commandcenter.city.media.problems import Problem, Refused

RESULT = "result.json"
NAMES = {Kind.PHOTO: "served.jpg", Kind.VIDEO: "served.mp4"}
THUMB, POSTER = "thumb.jpg", "poster.jpg"


def main(arguments: list[str]) -> None:
    """Always writes a result, unless a limit ends it first."""
    word, source, target, raw = arguments
    limits, folder = Limits(**json.loads(raw)), Path(target)
    confine(memory=limits.memory, cpu=limits.cpu, output=limits.output)
    try:
        made = (_photo if Kind(word) is Kind.PHOTO else _video)(Path(source), folder, limits)
    except Refused as refusal:
        made = {"problem": refusal.problem.value}
    except (MemoryError, OSError):
        made = {"problem": Problem.TOO_HEAVY.value}
    (folder / RESULT).write_text(json.dumps(made))


def _photo(source: Path, folder: Path, _limits: Limits) -> dict[str, Any]:
    from commandcenter.city.media import photo

    made = photo.make(source.read_bytes())
    (folder / NAMES[Kind.PHOTO]).write_bytes(made.served)
    (folder / THUMB).write_bytes(made.thumb)
    return _told(made)


def _video(source: Path, folder: Path, limits: Limits) -> dict[str, Any]:
    from commandcenter.city.media import video

    made = video.make(source, folder / NAMES[Kind.VIDEO], limits)
    (folder / POSTER).write_bytes(made.poster)
    (folder / THUMB).write_bytes(made.thumb)
    return _told(made)


def _told(made: Any) -> dict[str, Any]:
    found = {field.name: getattr(made, field.name) for field in fields(made)}
    found = {name: value for name, value in found.items() if not isinstance(value, bytes)}
    moment = found.get("taken_at")
    return found | {"taken_at": moment.isoformat() if isinstance(moment, datetime) else ""}


if __name__ == "__main__":
    main(sys.argv[1:])
