"""Telegram's, X's, a partner's, SP4N-LAPOR's side, and the servers files lie on."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import unquote

from complaints.channelsim.state import State
from complaints.channelsim.wire import Answer, Request, expired, problem, said, telegram_error

MAX_BOT_FILE = 20 * 1024 * 1024


def telegram(state: State, request: Request) -> Answer:
    """``/bot<token>/method`` and ``/file/bot<token>/path``."""
    path = [unquote(part) for part in request.path]
    token = f"bot{state.config.bot_token}"
    if path[0] == "file":
        data, mime = state.files.get(path[-1], (b"", ""))
        return (
            Answer(200, data, {"Content-Type": mime})
            if path[1] == token and mime
            else telegram_error(404, "Not Found")
        )
    if path[0] != token or len(path) != 2:
        return telegram_error(404, "Not Found")
    methods = {"sendMessage": _send_message, "getFile": _get_file}
    method = methods.get(path[1])
    return method(state, request.json()) if method else telegram_error(404, "Not Found")


def _send_message(state: State, value: dict[str, Any]) -> Answer:
    chat, text = str(value.get("chat_id")), value.get("text")
    if not isinstance(text, str) or not text:
        return telegram_error(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) > 2 * 4096:
        return telegram_error(400, "Bad Request: message is too long")
    if ("telegram", chat) in state.blocked:
        return telegram_error(403, "Forbidden: bot was blocked by the user")
    if state.hours_since("telegram", chat) is None:
        return telegram_error(400, "Bad Request: chat not found")
    number = state.number()
    reply_to = (value.get("reply_parameters") or {}).get("message_id", 0)
    state.took("telegram", f"{chat}:{number}", to=chat, text=text, reply_to=str(reply_to or ""))
    chat_value = {"id": int(chat), "type": "private"}
    return said(
        {
            "ok": True,
            "result": {"message_id": number, "chat": chat_value, "date": int(state.now()), "text": text},
        }
    )


def _get_file(state: State, value: dict[str, Any]) -> Answer:
    name = str(value.get("file_id"))
    data, mime = state.files.get(name, (b"", ""))
    if not mime:
        return telegram_error(400, "Bad Request: invalid file_id")
    if len(data) > MAX_BOT_FILE:
        return telegram_error(400, "Bad Request: file is too big")
    result = {"file_id": name, "file_unique_id": name, "file_size": len(data), "file_path": f"photos/{name}"}
    return said({"ok": True, "result": result})


def x(state: State, request: Request) -> Answer:
    """Direct messages and posts."""
    if not request.bearer(state.config.token):
        return expired("x")
    path, value = request.path, request.json()
    text = value.get("text")
    if not isinstance(text, str) or not text:
        return problem(400, "Invalid Request")
    if path[1] == "tweets":
        post = str((value.get("reply") or {}).get("in_reply_to_tweet_id", ""))
        external_id = state.took("x", str(10**18 + state.number()), to=post, text=text, kind="comment")
        return (
            said({"data": {"id": external_id, "text": text}}, 201)
            if len(text) <= 280
            else problem(403, "too long")
        )
    who = unquote(path[3]) if len(path) == 5 and path[1:3] == ["dm_conversations", "with"] else ""
    if not who or ("x", who) in state.blocked or state.hours_since("x", who) is None:
        return problem(403, "You do not have permission to DM one or more participants.")
    external_id = state.took("x", str(10**18 + state.number()), to=who, text=text)
    return said({"data": {"dm_conversation_id": f"1-{who}", "dm_event_id": external_id}}, 201)


def partner(state: State, request: Request) -> Answer:
    """A partner's inbox, which believes nothing unsigned and takes each delivery once."""
    stamp, given = request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", "")
    wanted = hmac.new(
        state.config.partner_secret.encode(), f"{stamp}.".encode() + request.body, hashlib.sha256
    )
    if not given:
        return problem(401, "X-Signature is missing")
    if not hmac.compare_digest(given.encode(), f"sha256={wanted.hexdigest()}".encode()):
        return problem(403, "X-Signature is wrong")
    if not stamp.isdigit() or abs(int(stamp) - state.now()) > 300:
        return problem(403, "X-Timestamp is off")
    delivery, value = request.headers.get("X-Delivery", ""), request.json()
    with state.lock:
        known = delivery in state.once
        state.once.setdefault(delivery, "partner")
    if not known:
        state.took("partner", delivery, to=value.get("conversation"), text=value.get("text"))
    return said({"ok": True, "known": known})


def lapor(state: State, request: Request) -> Answer:
    """Follow-ups, and a page of dispositions; as we imagine it."""
    if not request.bearer(state.config.token):
        return expired("lapor")
    path, value = request.path, request.json()
    if request.method == "GET" and path[-1] == "reports":
        first = {"TrackingID": "8120045", "title": "Jalan berlubang", "content": "Lubang besar."}
        return said({"reports": [] if request.query("after") else [first], "next": "c1"})
    if request.method != "POST" or path[-1] != "follow-ups" or not value.get("content"):
        return problem(400, "Invalid Request")
    key = f"lapor:{request.headers.get('Idempotency-Key', '')}"
    with state.lock:
        external_id = state.once.setdefault(key, f"F-{state.number()}")
        known = any(row["id"] == external_id for row in state.sent)
    if not known:
        state.took("lapor", external_id, to=unquote(path[-2]), text=value["content"])
    return said({"data": {"id": external_id}}, 201)


def files(state: State, request: Request) -> Answer:
    """``/files/open/NAME`` for everybody, ``/files/locked/NAME`` for whoever shows the token."""
    path = request.path
    data, mime = state.files.get(path[-1], (b"", ""))
    if path[1] == "locked" and not request.bearer(state.config.token):
        return problem(401, "Unauthorized")
    if path[1] == "open" and request.headers.get("Authorization"):
        # A token that travels where it is not asked for is a leak; the tests want to hear of it.
        return problem(400, "a token was shown to a public server")
    return Answer(200, data, {"Content-Type": mime}) if mime else problem(404, "Not Found")


def echo(value: Any) -> Answer:
    """Something as JSON."""
    return Answer(200, json.dumps(value, default=str).encode(), {"Content-Type": "application/json"})
