"""Posts as the providers send them, in the reference's shapes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

AT = datetime.fromtimestamp(1778579582, UTC)


def raw(value) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def whatsapp(*messages, contacts=None, statuses=None, field="messages") -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62800", "phone_number_id": "1"},
        "contacts": [{"profile": {"name": "Warga A"}, "wa_id": "62811000", "user_id": "ID.2081"}]
        if contacts is None
        else contacts,
    }
    if messages:
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    change = {"field": field, "value": value}
    return raw({"object": "whatsapp_business_account", "entry": [{"id": "WABA", "changes": [change]}]})


def wa_text(external_id="wamid.A1", body="lampu PJU mati", **more):
    return {
        "from": "62811000", "from_user_id": "ID.2081", "id": external_id, "timestamp": "1778579582",
        "type": "text", "text": {"body": body}, **more,
    }  # fmt: skip


def wa_kind(kind, part, external_id="wamid.A2"):
    return {"from": "62811000", "id": external_id, "timestamp": "1778579582", "type": kind, kind: part}


def telegram(message=None, update_id=1, kind="message", **more) -> bytes:
    value = {
        "message_id": 1, "from": {"id": 23, "is_bot": False, "first_name": "Siti", "last_name": "A"},
        "chat": {"id": 23, "type": "private"}, "date": 1778579582,
        **(message or {"text": "jalan rusak"}), **more,
    }  # fmt: skip
    return raw({"update_id": update_id, kind: value})


def page(*items, object="page", name="messaging", entry=None) -> bytes:
    return raw(
        {
            "object": object,
            "entry": [{"id": "PAGE", "time": 1778579582000, name: list(items)} | (entry or {})],
        }
    )


def talk(mid="m_1", text="jalan rusak", **message):
    return {
        "sender": {"id": "PSID"}, "recipient": {"id": "PAGE"}, "timestamp": 1778579582000,
        "message": {"mid": mid, "text": text, **message},
    }  # fmt: skip


def feed(verb="add", item="comment", **more):
    value = {
        "item": item, "verb": verb, "comment_id": "P_1", "post_id": "P", "parent_id": "P",
        "from": {"id": "U1", "name": "Warga"}, "message": "lampu mati", "created_time": 1778579582, **more,
    }  # fmt: skip
    return {"field": "feed", "value": value}


def x_direct(external_id="9001", sender="55", text="banjir", **data):
    return {
        "type": "message_create", "id": external_id, "created_timestamp": "1778579582000",
        "message_create": {
            "target": {"recipient_id": "1"}, "sender_id": sender,
            "message_data": {"text": text, "entities": {}, **data},
        },
    }  # fmt: skip


def x(*items, name="direct_message_events", **more) -> bytes:
    people = {
        "55": {"id": "55", "name": "Warga X", "screen_name": "wargax"},
        "1": {"id": "1", "name": "Kota"},
    }
    return raw({"for_user_id": "1", name: list(items), "users": people, **more})


LETTER = (
    b"From: =?utf-8?q?Siti_A?= <siti@example.org>\r\nTo: Lapor <lapor@kota.example>\r\n"
    b"Subject: =?utf-8?b?SmFsYW4gcnVzYWsg8J+apw==?=\r\nDate: Tue, 12 May 2026 09:53:02 +0000\r\n"
    b"Message-ID: <a1@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Jalan rusak di depan pasar.\r\n"
)


def only(adapter, raw):
    """The one meaning of a post, the same whether read whole or from its stored part."""
    (whole,) = adapter.normalise(raw)
    (envelope,) = adapter.envelopes(raw)
    assert adapter.normalise(envelope.raw_part) == [whole]
    return whole
