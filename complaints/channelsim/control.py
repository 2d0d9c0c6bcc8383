"""The door through which tests, benches and people tell the simulated world what to do."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from complaints.channelsim.faults import KINDS, FaultError
from complaints.channelsim.payloads import Event, post
from complaints.channelsim.push import Lines, Plan, Told, push
from complaints.channelsim.state import HOUR, State
from complaints.channelsim.wire import Answer, Request, said


class ControlError(RuntimeError):
    """The simulator refused, or none answers; the message can be shown to a person."""


def answer(state: State, request: Request) -> Answer:
    """One order. Only programs on this machine reach it: the server listens on loopback."""
    value = request.json()
    if request.method != "POST" or request.headers.get("Content-Type") != "application/json":
        return said({"error": "POST an order as JSON"}, 400)
    order = _ORDERS.get(str(value.pop("op", "")))
    if order is None:
        return said({"error": f"orders are {', '.join(_ORDERS)}"}, 400)
    try:
        return said(order(state, **value))
    except (FaultError, KeyError, TypeError, ValueError) as error:
        return said({"error": f"{type(error).__name__}: {error}"}, 400)


def _fault(state: State, channel: str, kind: str, times: int = -1, **values: Any) -> dict[str, Any]:
    fault = state.faults.put(channel, kind, times, values)
    return {"kind": fault.kind, "values": fault.values}


def _clear(state: State, channel: str = "") -> dict[str, Any]:
    return {"cleared": state.faults.clear(channel)}


def _status(state: State, sent: int = 0) -> dict[str, Any]:
    """Counters, faults, and the last ``sent`` messages taken."""
    with state.lock:
        taken: dict[str, int] = {}
        for row in state.sent:
            taken[row["channel"]] = taken.get(row["channel"], 0) + 1
        rows = state.sent[-sent:] if sent else []
        faults = {channel: fault.kind for channel, fault in state.faults.of.items()}
        return {"answered": dict(state.answered), "taken": taken, "sent": list(rows), "faults": faults}


def _wrote(state: State, channel: str, who: str) -> dict[str, Any]:
    state.wrote(channel, who)
    return {}


def _blocks(state: State, channel: str, who: str, on: bool = True) -> dict[str, Any]:
    with state.lock:
        (state.blocked.add if on else state.blocked.discard)((channel, who))
    return {}


def _pass(state: State, hours: float) -> dict[str, Any]:
    """Lets time go by in this world."""
    with state.lock:
        state.passed += float(hours) * HOUR
    return {"now": state.now()}


def _file(state: State, data: str, mime: str = "image/jpeg") -> dict[str, Any]:
    return {"id": state.keep_file(base64.b64decode(data), mime)}


def _say(
    world: State,
    /,
    channel: str,
    who: str = "62811000001",
    what: str = "text",
    signed: str = "well",
    number: int = 0,
    **more: Any,
) -> dict[str, Any]:
    """One post to our webhook of a channel; the answer's status."""
    target = world.config.webhooks.get(channel)
    if not target:
        raise ValueError(f"no webhook of {channel} is known")
    event = Event(what, number or world.number(), who, world.now(), **more)
    made = post(world.config, channel, event, signed)
    if signed == "well" and made.message:
        world.wrote(channel, who)
    lines = Lines({channel: target})
    try:
        return {"status": lines.post(made), "number": event.number}
    finally:
        lines.close()


def _push(state: State, **plan: Any) -> dict[str, Any]:
    """A whole load; answers when it is done."""
    if "channels" in plan:
        plan["channels"] = tuple(plan["channels"])
    wanted = Plan(**{"channels": tuple(state.config.webhooks), **plan})
    targets = {channel: state.config.webhooks[channel] for channel in wanted.channels}
    told: Told = push(state, wanted, targets)
    return told.plain()


def _letter(state: State, raw: str = "", renumber: bool = False) -> dict[str, Any]:
    """A letter arrives in the mailbox, or all of them get other numbers."""
    if state.mailbox is None:
        raise ValueError("this world has no mailbox")
    if renumber:
        state.mailbox.renumber()
        return {"validity": state.mailbox.validity}
    return {"uid": state.mailbox.put(base64.b64decode(raw))}


def _seen(state: State) -> dict[str, Any]:
    """UIDs of letters marked as read."""
    return {"uids": [one.uid for one in state.mailbox.letters if "\\Seen" in one.flags]}


def _kinds(state: State) -> dict[str, Any]:
    return {name: text for name, (text, _) in KINDS.items()}


_ORDERS: dict[str, Callable[..., dict[str, Any]]] = {
    "fault": _fault, "clear": _clear, "status": _status, "wrote": _wrote, "blocks": _blocks, "pass": _pass,
    "file": _file, "say": _say, "push": _push, "kinds": _kinds, "letter": _letter, "seen": _seen,
}  # fmt: skip


class Control:
    """Tells a running simulator what to do. ``address``: ``http://127.0.0.1:PORT``."""

    def __init__(self, address: str, timeout: float = 60.0) -> None:
        self.address = address
        self._timeout = timeout

    @classmethod
    def of_data(cls, folder: str | Path) -> Control:
        """The door of the simulator that runs on this data folder.

        Raises:
            ControlError: none runs there.
        """
        try:
            ready: Mapping[str, Any] = json.loads((Path(folder) / "running.json").read_text(encoding="utf-8"))
        except OSError:
            raise ControlError("no channel simulator runs here; start it with `channelsim serve`") from None
        return cls(f"http://{ready['host']}:{ready['port']}")

    def call(self, op: str, *, timeout: float | None = None, **values: Any) -> dict[str, Any]:
        """One order.

        Raises:
            ControlError: with the simulator's own message, or when it doesn't answer.
        """
        body = json.dumps({"op": op, **values}).encode()
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self.address}/control", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout or self._timeout) as response:  # noqa: S310
                return dict(json.loads(response.read()))
        except urllib.error.HTTPError as error:
            raise ControlError(json.loads(error.read() or b"{}").get("error", str(error))) from None
        except OSError as error:
            raise ControlError(f"the channel simulator doesn't answer at {self.address}: {error}") from None

    def fault(self, channel: str, kind: str, times: int = -1, **values: Any) -> dict[str, Any]:
        """Puts a fault (`faults.KINDS`) on a channel for so many requests."""
        return self.call("fault", channel=channel, kind=kind, times=times, **values)

    def clear(self, channel: str = "") -> list[str]:
        """Ends a channel's fault, or all."""
        return list(self.call("clear", channel=channel)["cleared"])

    def sent(self, channel: str = "", last: int = 1000) -> list[dict[str, Any]]:
        """What it was given to deliver, oldest first."""
        rows = self.call("status", sent=last)["sent"]
        return [row for row in rows if not channel or row["channel"] == channel]

    def file(self, data: bytes, mime: str = "image/jpeg") -> str:
        """Puts a file on its servers; returns the id."""
        return str(self.call("file", data=base64.b64encode(data).decode(), mime=mime)["id"])

    def letter(self, raw: bytes) -> int:
        """Puts a letter into the mailbox; returns its UID."""
        return int(self.call("letter", raw=base64.b64encode(raw).decode())["uid"])

    def push(self, **plan: Any) -> dict[str, Any]:
        """Posts a load to us (`push.Plan`); returns how it went."""
        began = time.monotonic()
        told = self.call("push", timeout=float(plan.get("seconds", 10)) * 4 + 120, **plan)
        return told | {"waited": round(time.monotonic() - began, 1)}
