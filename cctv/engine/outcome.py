"""What follows from one attempt: picture health, publishing, history, the camera's memory."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from cctv.capture.events import Failed
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.health import Fault, Memory, accept, assess
from cctv.capture.memory import CameraState
from cctv.capture.sources.base import GrabResult
from cctv.engine import books, history, ledger, names, publish
from cctv.engine.fleet_view import Row
from commandcenter import keys

log = logging.getLogger(__name__)
_faults: dict[int, frozenset[str]] = {}


def good(
    row: Row, result: GrabResult, context: ledger.Context, ahead: books.Ahead | None = None, token: str = ""
) -> None:
    """A picture came: judged, then into the books and out to the walls in one step.

    ``ahead`` is what the caller knows of the camera; ``token`` gives its lease back.
    """
    ahead = ahead or books.read_ahead([row.id])[row.id]
    faults = _health(row, result, ahead)
    if books.enter(row, result, faults, context, ahead, token):
        history.keep(row.id, result, faults)
    _tell_faults(row.id, faults)


def failed(row: Row, error: GrabError, context: ledger.Context) -> CameraState:
    """No picture came."""
    now = datetime.now(UTC)
    publish.failure(row.id, error.kind, now)
    if error.kind is FailureKind.OURS:
        log.warning("camera %s: our own fault: %s", row.id, error.detail)
    return ledger.apply(row, [Failed(now, error.kind, error.detail)], context)


def _health(row: Row, result: GrabResult, ahead: books.Ahead) -> frozenset[str]:
    """Faults that picture health confirms; a fault of its own costs the mark, never the picture."""
    if result.gray_small is None:
        return frozenset()
    try:
        memory = Memory.from_bytes(ahead.health)
        memory, verdict = assess(result.gray_small, result.captured_at, memory)
        found = verdict.faults
        if Fault.MOVED in found and keys.client().getdel(names.accepted(row.id)):
            memory = accept(memory, result.gray_small, result.captured_at)
            found -= {Fault.MOVED}
        ahead.health, ahead.health_saved = memory.to_bytes(), False
    except Exception:
        log.exception("picture health of camera %s failed", row.id)
        return frozenset()
    return frozenset(str(fault) for fault in found)


def _tell_faults(camera: int, faults: frozenset[str]) -> None:
    """Puts a changed set of faults on the news list, once."""
    if _faults.get(camera) == faults:
        return
    item = {"what": "faults", "camera": camera, "faults": sorted(faults)}
    keys.client().rpush(names.news(), json.dumps(item))
    _faults[camera] = faults
