"""A stage for the browser elements: real pages and static files, and a socket that does what a test asks.

Run by Daphne in its own process. ``POST /control`` with ``{"say": [{…}, …]}``, ``{"frame": {…}}``,
``{"mute": true}`` (silence without a close frame), ``{"cut": true}``, ``{"refuse": true}``;
``GET /heard`` lists what the page said.
"""

from __future__ import annotations

import asyncio
import json
import struct
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from PIL import Image

TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
CSP = b"default-src 'self'; img-src 'self' data: blob:"
FRESH: dict[str, Any] = {"mute": False, "refuse": False, "tile": "<p>pertama</p>", "reads": 0, "age": 2.0}
PLACE = {"topics": "demo.thing", "x": 8, "y": 0, "w": 4, "h": 3}
state: dict[str, Any] = dict(FRESH)
heard: list[Any] = []
sockets_heard: list[int] = []  # the number of the socket that said each of these
opened: list[int] = [0]
sockets: set[Any] = set()


def jpeg(colour: str) -> bytes:
    """A small picture of one colour."""
    out = BytesIO()
    Image.new("RGB", (64, 36), colour).save(out, "JPEG")
    return out.getvalue()


def frame(
    camera: int, seq: int, colour: str, *, age_s: float = 0.0, flags: int = 0, interval: int = 10
) -> bytes:
    """A picture frame as a worker would publish it."""
    captured = int((time.time() - age_s) * 1000)
    return struct.pack(">4sBBHQQIHH", b"CCP1", 1, flags, interval, camera, captured, seq, 64, 36) + jpeg(
        colour
    )


def cameras() -> list[dict[str, Any]]:
    from datetime import UTC, datetime, timedelta

    at = datetime.now(UTC) - timedelta(seconds=float(state["age"]))
    names = ["Pasar Petir", "Pasar <b>Kopo</b>", "Kantor Kecamatan Padarincang blok selatan"]
    return [
        {"id": number, "name": name, "place": "Petir", "src": f"/pic/{number}.jpg", "interval": 10,
         "captured_at": at, "state": state.get(f"state{number}", "online"), "reason": "tidak menjawab"}
        for number, name in enumerate(names, 1)
    ]  # fmt: skip


def page(path: str) -> str | None:
    """HTML of a path, or None."""
    if path == "/tile":
        state["reads"] += 1
        tile = {"key": "text", "title": "Berkas", "html": mark_safe(state["tile"]), "src": "/tile", **PLACE}
        whole = render_to_string("wall/tile.html", {"tile": tile})
        return whole if state.get("whole") else str(state["tile"])
    if path != "/wall":
        return None
    html = render_to_string("wall/tiles/cameras.html", {"cameras": cameras()})
    tiles = [
        {"key": "cams", "html": html, "x": 0, "y": 0, "w": 8, "h": 6, "frameless": True},
        {"key": "text", "title": "Berkas", "html": state["tile"], "src": "/tile", **PLACE},
    ]  # fmt: skip
    context = {
        "scene": {"title": "Uji", "tiles": tiles},
        "socket": "/ws",
        "city": {"name": "Kabupaten Serang"},
    }
    return render_to_string("wall/display.html", {**context, "display": {"name": "Uji"}, "build": "b1"})


async def socket(receive: Any, send: Any) -> None:
    await receive()
    if state["refuse"]:
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    opened[0] += 1
    number = opened[0]
    sockets.add(send)
    try:
        await say(send, {"t": "hello", "build": "b1"})
        while (message := await receive())["type"] == "websocket.receive":
            heard.append(json.loads(message["text"]))
            sockets_heard.append(number)
    finally:
        sockets.discard(send)


async def say(send: Any, message: dict[str, Any]) -> None:
    text = json.dumps({"now": int(time.time() * 1000), **message})
    await send({"type": "websocket.send", "text": text})


async def ticking() -> None:
    while True:
        await asyncio.sleep(5)
        if not state["mute"]:
            for send in list(sockets):
                await say(send, {"t": "tick"})


async def control(order: dict[str, Any]) -> None:
    if order.pop("reset", False):
        state.clear()
        state.update(FRESH)
        heard.clear()
        sockets_heard.clear()
    for send in list(sockets):
        for message in order.get("say", []):
            await say(send, message)
        if "frame" in order:
            await send({"type": "websocket.send", "bytes": frame(**order["frame"])})
        if order.get("cut"):
            await send({"type": "websocket.close", "code": 4000})
    state.update({key: value for key, value in order.items() if key not in {"say", "frame", "cut"}})


async def http(scope: dict[str, Any], receive: Any) -> tuple[int, str, bytes]:
    path = scope["path"]
    if path == "/control":
        await control(json.loads((await receive())["body"]))
        return 200, "text/plain", b"ok"
    if path == "/heard":
        told = {"heard": heard, "sockets": sockets_heard, "reads": state["reads"]}
        return 200, "application/json", json.dumps(told).encode()
    if path.startswith("/pic/"):
        return 200, "image/jpeg", jpeg("navy")
    if path == "/theme.css":
        return 200, "text/css", b""
    found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    if found:
        file = Path(str(found))
        return 200, TYPES.get(file.suffix, "application/octet-stream"), file.read_bytes()
    html = page(path)
    return (200, "text/html; charset=utf-8", html.encode()) if html is not None else (404, "text/plain", b"")


clock: list[asyncio.Task[None]] = []


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if not clock:
        clock.append(asyncio.ensure_future(ticking()))
    if scope["type"] == "websocket":
        await socket(receive, send)
        return
    status, kind, body = await http(scope, receive)
    headers = [
        (b"content-type", kind.encode()),
        (b"content-security-policy", CSP),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
