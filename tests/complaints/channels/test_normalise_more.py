"""What X, partners and SP4N-LAPOR send, and what a post of any of them means that is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from complaints.channels.contract import (
    Delivered,
    DeliveryStatus,
    Ignored,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    Unknown,
)
from complaints.channels.registry import KINDS
from tests.complaints.channels import samples
from tests.complaints.channels.samples import AT, only

WA, X, PARTNER, LAPOR = (KINDS[key].adapter for key in ("whatsapp", "x", "partner", "lapor"))


# -- X ----------------------------------------------------------------------------------------------


def test_an_x_direct_message():
    media = {"type": "media", "media": {"id_str": "7", "media_url_https": "https://ton.twitter.com/a.jpg"}}
    message = only(X, samples.x(samples.x_direct(attachment=media)))
    assert (message.external_id, message.sender_id, message.sender_name) == ("9001", "55", "Warga X")
    assert (message.sent_at, message.attachments[0].id) == (AT, "7")
    assert only(X, samples.x(samples.x_direct(sender="1"))) == Ignored("echo")
    two = X.envelopes(samples.x(samples.x_direct(), samples.x_direct("9002")))
    assert [e.external_id for e in two] == ["dm:9001", "dm:9002"]


def test_x_posts_that_name_us():
    post = {
        "id": 2**60, "id_str": str(2**60), "created_at": "Tue May 12 09:53:02 +0000 2026",
        "text": "@kota banj…",
        "extended_tweet": {"full_text": "@kota banjir di pasar"}, "user": {"id_str": "55", "name": "W"},
        "coordinates": {"type": "Point", "coordinates": [106.15, -6.12]},
    }  # fmt: skip
    message = only(X, samples.x(post, name="tweet_create_events"))
    assert (message.kind, message.text, message.sent_at) == ("comment", "@kota banjir di pasar", AT)
    assert (message.point.lat, message.external_id) == (-6.12, str(2**60))
    repost = samples.x(post | {"retweeted_status": {}}, name="tweet_create_events")
    assert only(X, repost) == Ignored("repost")
    gone = {"status": {"id": "77", "user_id": "55"}, "timestamp_ms": "1778579582000"}
    assert only(X, samples.x(gone, name="tweet_delete_events")) == InboundDelete("77", AT, "55")


def test_other_x_events():
    assert isinstance(only(X, samples.x({"a": 1}, name="direct_message_indicate_typing_events")), Ignored)
    assert only(X, samples.raw({"data": {"event_type": "dm.received"}})) == Unknown("no_events")


# -- Partners and SP4N-LAPOR ------------------------------------------------------------------------

REPORT = {
    "id": "p-1", "text": "sampah menumpuk", "sent_at": "2026-05-12T16:53:02+07:00",
    "sender": {"id": "u9", "name": "Warga", "phone": "+62 811-000", "email": "w@example.org"},
    "point": {"lat": -6.12, "lng": 106.15, "address": "Jl. Raya"},
    "attachments": [{"url": "https://mitra.example/1.jpg", "mime": "image/jpeg", "size": 5}, {"url": "ftp://x"}],
}  # fmt: skip


def test_a_partners_report():
    message = only(PARTNER, samples.raw(REPORT))
    assert (message.external_id, message.sent_at, message.sender_phone) == ("p-1", AT, "+62811000")
    assert (message.point.address, len(message.attachments)) == ("Jl. Raya", 1)


def test_a_partners_key_is_what_was_signed():
    """X-Delivery is not covered by the signature: another number must not make another report."""
    raw = samples.raw(REPORT)
    keys = {PARTNER.envelopes(raw, {"X-Delivery": number})[0].external_id for number in ("a", "b", "")}
    assert keys == {"report:p-1"}
    bare = samples.raw({"text": "tanpa nomor"})
    assert PARTNER.envelopes(bare, {"x-delivery": "ABC-1"})[0].external_id == "delivery:abc-1"
    assert PARTNER.envelopes(bare)[0].external_id.startswith("sha256:")


def test_a_partner_edits_deletes_and_confirms():
    edit = {
        "type": "edit",
        "id": "p-1",
        "text": "lain",
        "sent_at": "2026-05-12T09:53:02Z",
        "sender": {"id": "u9"},
    }
    assert only(PARTNER, samples.raw(edit)) == InboundEdit("p-1", "lain", AT, "u9")
    assert only(PARTNER, samples.raw({"type": "delete", "id": "p-1"})) == InboundDelete("p-1", None, "")
    status = {"type": "status", "id": "d-1", "state": "read"}
    assert only(PARTNER, samples.raw(status)) == DeliveryStatus("d-1", Delivered.READ)
    assert only(PARTNER, samples.raw({"type": "dance", "id": "1"})) == Unknown("dance")


def test_an_anonymous_partner_report_has_its_own_conversation():
    message = only(PARTNER, samples.raw({"id": "p-2", "text": "x"}))
    assert message.sender_id == message.conversation_id == "p-2"


def test_the_lapor_sample(lapor_sample):
    found = LAPOR.normalise(lapor_sample)
    assert [m.external_id for m in found] == ["8120045", "8120046", "8120045:F-2"]
    assert [e.external_id for e in LAPOR.envelopes(lapor_sample)] == [m.external_id for m in found]
    assert (found[0].subject, found[0].point.lat, found[2].conversation_id) == (
        "Jalan berlubang",
        -6.1187,
        "8120045",
    )
    assert found[0].sender_name == found[0].sender_phone == ""
    assert found[0].sent_at == datetime(2026, 5, 12, 9, 53, 2, tzinfo=UTC)


# -- all --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [key for key, kind in KINDS.items() if kind.adapter and key != "email"])
@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"9" * 5000, b"\xff\xfe", b"{}"])
def test_what_is_no_event_is_kept_as_unknown(key, raw):
    adapter = KINDS[key].adapter
    (envelope,) = adapter.envelopes(raw)
    assert (envelope.kind in ("unknown", "report"), envelope.raw_part) == (True, raw)
    assert envelope.external_id.startswith("sha256:")
    assert all(isinstance(meaning, Unknown) for meaning in adapter.normalise(raw))


def test_ids_nobody_could_store_become_digests():
    raw = samples.whatsapp(samples.wa_text("a\x00b"))
    (envelope,) = WA.envelopes(raw)
    assert envelope.external_id.startswith("sha256:")
    long = WA.envelopes(samples.whatsapp(samples.wa_text("w" * 5000)))[0].external_id
    assert long.startswith("sha256:") and len(long) == 71


def test_text_is_cleaned_on_the_way_in():
    raw = samples.whatsapp(samples.wa_text(body="PLACE"))
    raw = raw.replace(b"PLACE", rb"a\u0000b\u202ec\ud83d")
    assert only(WA, raw).text == "abc"


def test_messages_do_not_show_people_in_logs():
    message = only(WA, samples.whatsapp(samples.wa_text()))
    assert isinstance(message, InboundMessage)
    assert "Warga" not in repr(message) and "lampu" not in repr(message) and "+62811000" not in repr(message)
