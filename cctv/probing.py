"""The worker's side of a connection test: one picture by the camera's own mode, and what it tells."""

from __future__ import annotations

import logging
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from cctv.addresses import policy
from cctv.capture.events import ManualTest
from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.probe import Probe, probe
from cctv.engine import demand, guarding, ledger, names, opens
from cctv.engine.fleet_view import Row, spec_of, view
from cctv.models import Camera
from cctv.services.connection import record_test
from commandcenter import keys

log = logging.getLogger(__name__)
LEASE_MS, WAIT_S, STEP_S = 30_000, 6.0, 0.25
_RELEASE = "if redis.call('GET',KEYS[1])==ARGV[1] then return redis.call('DEL',KEYS[1]) end return 0"


def test_connection(camera_id: int) -> None:
    """Tries the camera once and keeps what was found; a camera that answers is captured again at once."""
    camera = Camera.objects.filter(pk=camera_id).first()
    if camera is None:
        return
    if not camera.mode or not camera.still_address:
        record_test(camera_id=camera_id, result=_refusal(FailureKind.BAD_REQUEST, "no address"))
        return
    row = view.rows(fresh=True).get(camera_id)
    token = uuid.uuid4().hex
    if row is not None and row.held:
        # Its shard steps aside within a second or two, and takes the camera back after the test.
        keys.client().zadd(names.lent(), {str(camera_id): time.time() + LEASE_MS / 1000})
    try:
        if row is not None and not _lease(camera_id, token):
            record_test(camera_id=camera_id, result=_refusal(FailureKind.BUSY, "another grab is running"))
            return
        result, jpeg = _try(camera, row)
    finally:
        keys.client().eval(_RELEASE, 1, names.puller(camera_id), token)
        keys.client().zrem(names.lent(), str(camera_id))
    record_test(camera_id=camera_id, result=result, jpeg=jpeg)
    if result["ok"] and row is not None:
        context = ledger.Context(guard=guarding.load(), levels=demand.levels())
        ledger.apply(row, [ManualTest(datetime.now(UTC))], context)


def _try(camera: Camera, row: Row | None) -> tuple[dict[str, Any], bytes]:
    if row is not None and camera.is_rtsp:
        _wait_for_turn(row)
    try:
        found = probe(spec_of(camera), policy())
    except GrabError as error:
        log.info("test of camera %s: %s", camera.pk, error.kind.value)
        return _refusal(error.kind, error.detail), b""
    return _figures(found), found.jpeg


def _figures(found: Probe) -> dict[str, Any]:
    return {
        "ok": True,
        "codec": found.codec,
        "width": found.width,
        "height": found.height,
        "latency_ms": round(found.latency_ms, 1),
        "bytes": len(found.jpeg),
        "gop_s": round(found.gop_s, 2) if found.gop_s else None,
        "kbps": round(found.kbps, 1) if found.kbps else None,
        "longest_gap_s": round(found.longest_gap_s, 2) if found.longest_gap_s else None,
        "smart": found.smart,
    }


def _refusal(kind: FailureKind, detail: str) -> dict[str, Any]:
    return {"ok": False, "kind": kind.value, "detail": detail[:200]}


def _lease(camera_id: int, token: str) -> bool:
    """The camera's one connection, as soon as a running grab gives it back."""
    until = time.monotonic() + WAIT_S
    while not keys.client().set(names.puller(camera_id), token, nx=True, px=LEASE_MS):
        if time.monotonic() > until:
            return False
        time.sleep(STEP_S)
    return True


def _wait_for_turn(row: Row) -> None:
    """A test counts among the RTSP opens of its site and of all."""
    until = time.monotonic() + WAIT_S
    while (wait := opens.wait(row)) > 0 and time.monotonic() < until:
        time.sleep(min(wait, STEP_S * 4))
