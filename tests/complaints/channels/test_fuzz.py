"""No bytes and no shape of JSON make an adapter raise, and a part means what its post meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from complaints.channels.contract import (
    DeliveryStatus,
    Ignored,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    Unknown,
    Unverified,
)
from complaints.channels.delivery import ORDER, forward_only
from complaints.channels.registry import KINDS
from tests.complaints.channels import samples
from tests.complaints.channels.samples import AT

ADAPTERS = {kind.key: kind.adapter for kind in KINDS.values() if kind.adapter}
MEANINGS = (DeliveryStatus, Ignored, InboundDelete, InboundEdit, InboundMessage, Unknown)
# Names that the adapters look for, so that strange values land where they are read.
NAMES = [
    "TrackingID", "attachment", "attachments", "body", "callback_query", "changes", "chat", "code",
    "comment_id", "contact", "contacts", "content", "context", "coordinates", "data", "date", "delivery",
    "direct_message_events", "edit", "entry", "errors", "field", "file_id", "follow_ups", "for_user_id",
    "from", "from_user_id", "id", "image", "interactive", "is_deleted", "is_echo", "item", "lat",
    "latitude", "lng", "location", "longitude", "media", "media_url_https", "message", "message_create",
    "message_data", "message_edit", "messages", "messaging", "mid", "mids", "name", "original_message_id",
    "payload", "photo", "point", "postback", "profile", "read", "recipient", "reply_to", "reports",
    "revoke", "sender", "sender_id", "sent_at", "standby", "status", "statuses", "story", "text",
    "timestamp", "tweet_create_events", "tweet_delete_events", "type", "update_id", "url", "user",
    "user_id", "users", "value", "venue", "verb", "wa_id", "watermark", "width",
]  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["add", "private", "message_create", "image", "text", "messages", "feed", "comments", "1"]
    )
    | st.sampled_from(
        [10**400, -(10**30), 1778579582, 1778579582000, "\x00", "\ud800", "http://[", "9" * 5000]
    )
)
SHAPES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=40,
)
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(adapter, raw: bytes) -> None:
    whole = adapter.normalise(raw)
    assert whole and all(isinstance(meaning, MEANINGS) for meaning in whole)
    envelopes = adapter.envelopes(raw, {})
    assert envelopes
    assert len({e.external_id for e in envelopes}) == len(envelopes)
    for envelope in envelopes:
        assert 0 < len(envelope.external_id) <= 200 and envelope.external_id.isascii()
        assert (
            "\x00" not in envelope.external_id
            and 0 < len(envelope.kind) <= 40
            and "\x00" not in envelope.kind
        )
        assert adapter.normalise(envelope.raw_part)
    storable(whole)


def storable(meanings) -> None:
    """Nothing in them PostgreSQL would refuse: no NUL, no half of an emoji."""
    for meaning in meanings:
        for name in meaning.__dataclass_fields__:
            value = getattr(meaning, name)
            if isinstance(value, str):
                assert "\x00" not in value
                value.encode()


@pytest.mark.parametrize("key", sorted(ADAPTERS))
@FUZZ
@given(value=SHAPES)
def test_any_json_has_a_meaning(key, value):
    holds(ADAPTERS[key], json.dumps(value).encode())


@pytest.mark.parametrize("key", sorted(ADAPTERS))
@FUZZ
@given(raw=st.binary(max_size=300))
@example(raw=b"\x00")
@example(raw=b"From: a@b\r\nContent-Type: multipart/mixed\r\n\r\n")
@example(raw=b"From: a@b\r\nContent-Type: message/rfc822\r\n\r\n")
def test_any_bytes_have_a_meaning(key, raw):
    holds(ADAPTERS[key], raw)


REAL = {
    "whatsapp": samples.whatsapp(
        samples.wa_text(), samples.wa_kind("image", {"id": "M"}), statuses=[{"id": "w", "status": "read"}]
    ),
    "telegram": samples.telegram({"photo": [{"file_id": "L", "width": 9, "height": 9}], "caption": "x"}),
    "messenger": samples.page(
        samples.talk(attachments=[{"type": "location", "payload": {"coordinates": {"lat": 1, "long": 2}}}])
    ),
    "instagram": samples.page(samples.talk(), object="instagram"),
    "x": samples.x(samples.x_direct(attachment={"media": {"id": 1, "media_url_https": "https://a.example"}})),
    "partner": samples.raw(
        {"id": "p", "sender": {"id": "u"}, "point": {"lat": 1, "lng": 2}, "attachments": [{}]}
    ),
    "lapor": samples.raw(
        {"reports": [{"TrackingID": "1", "location": {"lat": 1, "lng": 1}, "attachments": [{}]}]}
    ),
}


def places(value, path=()):
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, name))


def replaced(value, path, new):
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("key", sorted(REAL))
@FUZZ
@given(data=st.data())
def test_a_real_post_with_something_strange_in_it_has_a_meaning(key, data):
    value = json.loads(REAL[key])
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(value))))
        value = replaced(value, path, data.draw(LEAVES | SHAPES))
    holds(ADAPTERS[key], json.dumps(value).encode())


@FUZZ
@given(data=st.data())
def test_a_letter_with_something_strange_in_it_has_a_meaning(data):
    raw = bytearray(samples.LETTER)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 5))] = data.draw(
            st.binary(max_size=8)
            | st.sampled_from(
                [b"\r\n", b"=?", b"?=", b";", b'"', b"<", b"\x00", b"\xff", b"\r\n\r\n", b"multipart/mixed"]
            )
        )
    holds(ADAPTERS["email"], bytes(raw))


@pytest.mark.parametrize("key", sorted(ADAPTERS))
@FUZZ
@given(
    headers=st.dictionaries(st.text(max_size=12), st.text(max_size=80), max_size=4),
    raw=st.binary(max_size=40),
)
def test_a_strangers_headers_are_refused_and_raise_nothing_else(key, headers, raw):
    secrets = {
        "app_secret": "a", "consumer_secret": "b", "secret": "c", "secret_token": "dd" * 20,
        "inbound_secret": "ee" * 20, "inbound_token": "ff" * 20,
    }  # fmt: skip
    names = ["X-Hub-Signature-256", "X-Signature", "X-Timestamp", "Authorization", "X-Mail-Secret"]
    headers |= dict(zip(names, headers.values(), strict=False))
    with pytest.raises(Unverified):
        ADAPTERS[key].verify(headers, raw, secrets, AT)


@given(
    st.permutations(["sent", "delivered", "read", "failed", "sent", "nonsense"]), st.sampled_from(ORDER[:2])
)
def test_statuses_end_the_same_in_any_order(order, start):
    state = start
    for new in order:
        before, state = state, forward_only(state, new)
        assert ORDER.index(state) >= ORDER.index(before)
    assert state == "read"


@given(st.permutations(["sent", "delivered", "failed"]))
def test_a_failure_is_not_undone_by_an_older_status(order):
    state = "queued"
    for new in order:
        state = forward_only(state, new)
    assert state == "failed"
