"""Meta's side: WhatsApp Cloud API, Messenger and Instagram."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from complaints.channelsim.state import State
from complaints.channelsim.wire import Answer, Request, expired, graph_error, said

_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]+")


def channel_of(state: State, path: list[str]) -> str:
    """Whose account a Graph address names; files and everything else are WhatsApp's."""
    whose = {state.config.page_id: "messenger", state.config.instagram_id: "instagram"}
    if len(path) == 3 and path[2] in ("comments", "replies"):
        return "messenger" if path[2] == "comments" else "instagram"
    return whose.get(path[1] if len(path) > 1 else "", "whatsapp")


def answer(state: State, request: Request) -> Answer:
    """One Graph call."""
    path, channel = request.path, channel_of(state, request.path)
    if not request.bearer(state.config.token):
        return expired(channel)
    if request.method == "GET" and len(path) == 2:
        return _file(state, path[1], request)
    if request.method != "POST" or len(path) != 3:
        return graph_error(400, 100, "Unsupported request")
    if path[2] in ("comments", "replies"):
        return _comment(state, channel, path[1], request.json())
    if path[2] != "messages":
        return graph_error(400, 100, "Unsupported request")
    if channel == "whatsapp":
        return _whatsapp(state, path[1], request.json())
    return _page(state, channel, request.json())


def _file(state: State, name: str, request: Request) -> Answer:
    data, mime = state.files.get(name, (b"", ""))
    if not mime:
        return graph_error(400, 100, "Unsupported get request. Object does not exist", 33)
    return said(
        {
            "messaging_product": "whatsapp",
            "url": f"http://{request.headers.get('Host')}/files/locked/{name}?mid=1",
            "mime_type": mime,
            "sha256": hashlib.sha256(data).hexdigest(),
            "file_size": len(data),
            "id": name,
        }
    )


def _whatsapp(state: State, number: str, value: dict[str, Any]) -> Answer:
    if number != state.config.phone_number_id:
        return graph_error(400, 100, "Unsupported post request. Object does not exist", 33)
    to, recipient = str(value.get("to") or ""), str(value.get("recipient") or "")
    kind = value.get("type", "text")
    if value.get("messaging_product") != "whatsapp" or not (to or recipient):
        return graph_error(400, 100, "Invalid parameter")
    if kind == "template":
        return _template(state, to or recipient, value.get("template") or {}, value)
    text = (value.get("text") or {}).get("body")
    if kind != "text" or not isinstance(text, str) or not 0 < len(text) <= 4096:
        return graph_error(400, 100, "Invalid parameter")
    if _BSUID.match(to):
        # As the real one does: it takes the message, and nobody ever gets it.
        return _taken(state, "lost:" + to, text, value)
    hours = state.hours_since("whatsapp", to or recipient)
    if hours is None or hours >= 24:
        return graph_error(400, 131047, "Re-engagement message")
    return _taken(state, to or recipient, text, value)


def _template(state: State, to: str, template: dict[str, Any], value: dict[str, Any]) -> Answer:
    wanted = state.config.templates.get(str(template.get("name")))
    if wanted is None:
        return graph_error(404, 132001, "Template name does not exist in the translation")
    parts = [part for part in template.get("components", []) if part.get("type") == "body"]
    words = [str(word.get("text")) for part in parts for word in part.get("parameters", [])]
    if len(words) != wanted:
        return graph_error(400, 132000, "Number of parameters does not match the expected number of params")
    if any("\n" in word or "\t" in word for word in words):
        return graph_error(400, 132012, "Parameter format does not match")
    return _taken(state, to, "|".join(words), value, template=template.get("name"))


def _taken(state: State, to: str, text: str, value: dict[str, Any], **more: Any) -> Answer:
    if ("whatsapp", to) in state.blocked:
        return graph_error(400, 131026, "Message undeliverable")
    external_id = f"wamid.SIM{state.number()}"
    reply_to = (value.get("context") or {}).get("message_id", "")
    state.took("whatsapp", external_id, to=to, text=text, reply_to=reply_to, **more)
    person = {"input": to} | ({"user_id": to} if _BSUID.match(to) else {"wa_id": to})
    return said({"messaging_product": "whatsapp", "contacts": [person], "messages": [{"id": external_id}]})


def _page(state: State, channel: str, value: dict[str, Any]) -> Answer:
    to, text = str((value.get("recipient") or {}).get("id")), (value.get("message") or {}).get("text")
    if not isinstance(text, str) or not text:
        return graph_error(400, 100, "Empty text")
    size = len(text.encode()) if channel == "instagram" else len(text)
    if size > (1000 if channel == "instagram" else 2000):
        return graph_error(400, 100, "Length of param message[text] must be less than or equal to 2000")
    hours, tag = state.hours_since(channel, to), value.get("tag")
    if hours is None:
        return graph_error(400, 100, "No matching user found", 2018001)
    if (channel, to) in state.blocked:
        return graph_error(400, 551, "This person isn't available right now.")
    if hours >= (24 * 7 if tag == "HUMAN_AGENT" else 24):
        return graph_error(400, 10, "This message is sent outside of allowed window.", 2018278)
    external_id = state.took(channel, f"m_SIM{state.number()}", to=to, text=text, tag=tag or "")
    return said({"recipient_id": to, "message_id": external_id})


def _comment(state: State, channel: str, comment: str, value: dict[str, Any]) -> Answer:
    text = value.get("message")
    if not isinstance(text, str) or not text:
        return graph_error(400, 100, "Empty text")
    external_id = state.took(channel, f"{comment}_{state.number()}", to=comment, text=text, kind="comment")
    return said({"id": external_id})
