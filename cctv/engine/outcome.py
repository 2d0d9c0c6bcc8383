"""What follows from one attempt: picture health, publishing, history, the camera's memory."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from cctv.capture.events import Failed, Good
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.health import Fault, Memory, accept, assess
from cctv.capture.memory import CameraState
from cctv.capture.sources.base import GrabResult
from cctv.engine import history, ledger, names, publish
from cctv.engine.fleet_view import Row
from commandcenter import keys

log = logging.getLogger(__name__)
MEMORY_SECONDS = 14 * 86_400
_faults: dict[int, frozenset[str]] = {}


def good(row: Row, result: GrabResult, context: ledger.Context) -> CameraState:
    """A picture came: out to the walls first, then the books."""
    faults = _health(row, result)
    publish.picture(row.id, result, faults, context.interval(row))
    history.offer(row.id, result, faults)
    _tell_faults(row.id, faults)
    event = Good(result.captured_at, result.latency_ms, result.bytes_in)
    return ledger.apply(row, [event], context)


def failed(row: Row, error: GrabError, context: ledger.Context) -> CameraState:
    """No picture came."""
    now = datetime.now(UTC)
    publish.failure(row.id, error.kind, now)
    if error.kind is FailureKind.OURS:
        log.warning("camera %s: our own fault: %s", row.id, error.detail)
    return ledger.apply(row, [Failed(now, error.kind, error.detail)], context)


def _health(row: Row, result: GrabResult) -> frozenset[str]:
    """Faults that picture health confirms; a fault of its own costs the mark, never the picture."""
    if result.gray_small is None:
        return frozenset()
    client, name = keys.client(), names.health(row.id)
    try:
        memory = Memory.from_bytes(client.get(name) or b"")
        memory, verdict = assess(result.gray_small, result.captured_at, memory)
        found = verdict.faults
        if Fault.MOVED in found and client.getdel(names.accepted(row.id)):
            memory = accept(memory, result.gray_small, result.captured_at)
            found -= {Fault.MOVED}
        client.set(name, memory.to_bytes(), ex=MEMORY_SECONDS)
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
