"""What providers' posts mean, shape by shape."""

from __future__ import annotations

import pytest

from complaints.channels.contract import (
    Delivered,
    DeliveryStatus,
    Ignored,
    InboundDelete,
    InboundEdit,
    Unknown,
)
from complaints.channels.registry import KINDS
from tests.complaints.channels import samples
from tests.complaints.channels.samples import AT, only

WA, TG, FB, IG = (KINDS[key].adapter for key in ("whatsapp", "telegram", "messenger", "instagram"))


# -- WhatsApp ---------------------------------------------------------------------------------------


def test_a_whatsapp_text():
    message = only(WA, samples.whatsapp(samples.wa_text(context={"id": "wamid.Z"})))
    assert (message.external_id, message.sender_id, message.text) == ("wamid.A1", "ID.2081", "lampu PJU mati")
    assert (message.sender_name, message.sender_phone) == ("Warga A", "+62811000")
    assert (message.conversation_id, message.aliases) == ("62811000", ("62811000",))
    assert (message.sent_at, message.reply_to, message.account) == (AT, "wamid.Z", "1")


def test_a_whatsapp_sender_with_a_user_name_has_no_number():
    item = samples.wa_text()
    del item["from"]
    message = only(WA, samples.whatsapp(item, contacts=[{"profile": {"name": "B"}, "user_id": "ID.2081"}]))
    assert (message.sender_id, message.conversation_id, message.sender_phone) == ("ID.2081", "ID.2081", "")
    assert message.sender_name == "B"


def test_a_whatsapp_number_alone_is_an_identity_too():
    item = samples.wa_text()
    del item["from_user_id"]
    message = only(WA, samples.whatsapp(item, contacts=[{"profile": {"name": "C"}, "wa_id": "62811000"}]))
    assert (message.sender_id, message.aliases) == ("62811000", ())


def test_several_messages_of_one_post_are_several_envelopes():
    second = samples.wa_text("wamid.B", "dua") | {"from": "62822000", "from_user_id": "ID.9"}
    people = [
        {"profile": {"name": "Warga A"}, "wa_id": "62811000", "user_id": "ID.2081"},
        {"profile": {"name": "Warga B"}, "wa_id": "62822000", "user_id": "ID.9"},
    ]
    raw = samples.whatsapp(
        samples.wa_text(), second, contacts=people, statuses=[{"id": "wamid.OUT", "status": "sent"}]
    )
    envelopes = WA.envelopes(raw)
    assert [e.external_id for e in envelopes] == ["wamid.A1", "wamid.B", "wamid.OUT:sent"]
    assert [e.kind for e in envelopes] == ["message", "message", "status"]
    apart = [meaning for e in envelopes for meaning in WA.normalise(e.raw_part)]
    assert apart == WA.normalise(raw)
    assert [m.sender_name for m in apart[:2]] == ["Warga A", "Warga B"]


def test_a_post_of_one_event_keeps_its_bytes():
    raw = samples.whatsapp(samples.wa_text(body="🚧")).replace(b'": "', b'" :  "')
    assert WA.envelopes(raw)[0].raw_part == raw


@pytest.mark.parametrize("digest", ["ab" * 32, "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="])
def test_a_whatsapp_picture(digest):
    part = {"id": "M1", "mime_type": "image/jpeg", "sha256": digest, "caption": "di sini"}
    message = only(WA, samples.whatsapp(samples.wa_kind("image", part)))
    (ref,) = message.attachments
    assert (ref.id, ref.mime, ref.sha256, ref.caption) == ("M1", "image/jpeg", "ab" * 32, "di sini")
    assert message.text == "di sini"


def test_a_whatsapp_place():
    part = {"latitude": -6.12, "longitude": 106.15, "name": "Pasar", "address": "Jl. Raya"}
    message = only(WA, samples.whatsapp(samples.wa_kind("location", part)))
    assert (message.point.lat, message.point.lng, message.point.address) == (-6.12, 106.15, "Jl. Raya")
    bare = only(WA, samples.whatsapp(samples.wa_kind("location", {"latitude": -6.12, "longitude": 106.15})))
    assert bare.point.name == ""


@pytest.mark.parametrize("lat", [91, "NaN", None, {"a": 1}, 1e400])
def test_a_place_off_the_globe_is_no_place(lat):
    part = {"latitude": lat, "longitude": 106.15, "name": "Pasar"}
    message = only(WA, samples.whatsapp(samples.wa_kind("location", part)))
    assert (message.point, message.text) == (None, "Pasar")


def test_whatsapp_buttons_and_cards():
    reply = {"type": "button_reply", "button_reply": {"id": "yes", "title": "Sudah selesai"}}
    message = only(WA, samples.whatsapp(samples.wa_kind("interactive", reply)))
    assert (message.text, message.command) == ("Sudah selesai", "yes")
    cards = [{"name": {"formatted_name": "Pak RT"}, "phones": [{"phone": "+62 812"}]}]
    assert only(WA, samples.whatsapp(samples.wa_kind("contacts", cards))).text == "Pak RT +62 812"


def test_whatsapp_edits_and_revocations_name_the_original():
    edit = {"original_message_id": "wamid.A1", "message": {"type": "text", "text": {"body": "PJU mati 2"}}}
    assert only(WA, samples.whatsapp(samples.wa_kind("edit", edit))) == InboundEdit(
        "wamid.A1", "PJU mati 2", AT, "ID.2081"
    )
    revoke = samples.whatsapp(samples.wa_kind("revoke", {"original_message_id": "wamid.A1"}))
    assert only(WA, revoke) == InboundDelete("wamid.A1", AT, "ID.2081")


def test_an_edit_before_its_original_stands_for_itself():
    """Two envelopes of two keys in any order: the caller joins them by the message's id."""
    edit = {"original_message_id": "wamid.A1", "message": {"type": "text", "text": {"body": "baru"}}}
    late, early = samples.whatsapp(samples.wa_text()), samples.whatsapp(samples.wa_kind("edit", edit))
    keys = [WA.envelopes(raw)[0].external_id for raw in (early, late)]
    assert keys == ["wamid.A2", "wamid.A1"]
    assert only(WA, early).external_id == only(WA, late).external_id


def test_whatsapp_statuses_and_their_reasons():
    failed = {
        "id": "wamid.OUT", "status": "failed", "timestamp": "1778579582", "recipient_id": "62811000",
        "errors": [{"code": 131047, "title": "Re-engagement message"}],
    }  # fmt: skip
    status = only(WA, samples.whatsapp(statuses=[failed]))
    assert status == DeliveryStatus("wamid.OUT", Delivered.FAILED, AT, "window_closed (131047)", "62811000")
    (envelope,) = WA.envelopes(samples.whatsapp(statuses=[failed]))
    assert envelope.external_id == "wamid.OUT:failed"


def test_unknown_whatsapp_types_are_kept_and_said():
    raw = samples.whatsapp(samples.wa_kind("order", {"items": []}))
    assert (only(WA, raw), WA.envelopes(raw)[0].external_id) == (Unknown("order"), "wamid.A2")
    raw = samples.whatsapp(field="account_update")
    (envelope,) = WA.envelopes(raw)
    assert (envelope.kind, envelope.external_id[:7]) == ("account_update", "sha256:")
    assert only(WA, raw) == Unknown("account_update")
    assert only(WA, samples.whatsapp(samples.wa_kind("reaction", {"emoji": "👍"}))) == Ignored("reaction")


# -- Telegram ---------------------------------------------------------------------------------------


def test_a_telegram_text():
    message = only(TG, samples.telegram())
    assert (message.external_id, message.sender_id, message.sender_name) == ("23:1", "23", "Siti A")
    assert (message.text, message.sent_at) == ("jalan rusak", AT)
    assert TG.envelopes(samples.telegram())[0].external_id == "1"


def test_the_largest_of_a_telegram_photos_sizes_is_taken():
    sizes = [
        {"file_id": "S", "width": 90, "height": 60},
        {"file_id": "L", "width": 1280, "height": 960, "file_size": 90_000},
        {"file_id": "M", "width": 320, "height": 240, "file_size": 99_000},
    ]
    message = only(TG, samples.telegram({"photo": sizes, "caption": "lubang"}))
    assert [(ref.id, ref.mime) for ref in message.attachments] == [("L", "image/jpeg")]
    assert message.text == "lubang"


def test_an_album_is_several_messages_of_one_name():
    photo = {"photo": [{"file_id": "L", "width": 9, "height": 9}], "media_group_id": "777"}
    first = only(TG, samples.telegram(photo | {"caption": "tiga foto"}, update_id=5, message_id=10))
    second = only(TG, samples.telegram(photo, update_id=6, message_id=11))
    assert first.album == second.album == "777"
    assert first.external_id != second.external_id and second.text == ""


def test_a_telegram_edit():
    edit = only(TG, samples.telegram({"text": "baru", "edit_date": 1778579582}, kind="edited_message"))
    assert edit == InboundEdit("23:1", "baru", AT, "23")


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_groups_and_bots_are_left_alone(kind):
    assert only(TG, samples.telegram(chat={"id": -5, "type": kind})) == Ignored("group")
    assert only(TG, samples.telegram(**{"from": {"id": 9, "is_bot": True}})) == Ignored("bot")


def test_telegram_places_cards_commands_and_buttons():
    venue = {
        "venue": {"location": {"latitude": -6.1, "longitude": 106.1}, "title": "Pasar", "address": "Jl."}
    }
    assert only(TG, samples.telegram(venue)).point.name == "Pasar"
    own = only(TG, samples.telegram({"contact": {"phone_number": "62811000", "user_id": 23}}))
    other = only(TG, samples.telegram({"contact": {"phone_number": "62811000", "first_name": "RT"}}))
    assert (own.sender_phone, own.text, other.sender_phone, other.text) == (
        "+62811000",
        "",
        "",
        "RT +62811000",
    )
    assert only(TG, samples.telegram({"text": "/start LAP"})).command == "/start"
    pressed = {
        "id": "77", "from": {"id": 23, "first_name": "S"}, "data": "yes",
        "message": {"message_id": 4, "chat": {"id": 23, "type": "private"}},
    }  # fmt: skip
    message = only(TG, samples.raw({"update_id": 8, "callback_query": pressed}))
    assert (message.command, message.reply_to, message.conversation_id) == ("yes", "23:4", "23")


def test_strange_telegram_updates_are_kept():
    raw = samples.raw({"update_id": 9, "business_connection": {}})
    assert (only(TG, raw), TG.envelopes(raw)[0].kind) == (
        Unknown("business_connection"),
        "business_connection",
    )
    assert only(TG, samples.telegram({"dice": {"value": 3}})) == Unknown("dice")
    assert only(TG, samples.raw({"update_id": 9, "my_chat_member": {}})) == Ignored("my_chat_member")


# -- Messenger and Instagram ------------------------------------------------------------------------


def test_a_messenger_text_with_a_picture():
    picture = {"type": "image", "payload": {"url": "https://scontent.example/a.jpg?x=1"}}
    message = only(FB, samples.page(samples.talk(attachments=[picture])))
    assert (message.external_id, message.sender_id, message.sent_at) == ("m_1", "PSID", AT)
    assert (message.account, message.attachments[0].url) == ("PAGE", "https://scontent.example/a.jpg?x=1")


def test_messenger_seconds_and_milliseconds_are_the_same_moment():
    """entry.time and timestamp are milliseconds, a comment's created_time seconds."""
    direct = only(FB, samples.page(samples.talk()))
    seconds = only(FB, samples.page(samples.talk() | {"timestamp": 1778579582}))
    comment = only(FB, samples.page(samples.feed(), name="changes"))
    assert direct.sent_at == seconds.sent_at == comment.sent_at == AT


@pytest.mark.parametrize("adapter", [FB, IG])
def test_echoes_and_standby_are_left_alone(adapter):
    echo = samples.page(samples.talk(is_echo=True))
    assert only(adapter, echo) == Ignored("echo")
    assert adapter.envelopes(echo)[0].external_id == "echo:m_1"
    assert only(adapter, samples.page(samples.talk(), name="standby")) == Ignored("standby")


def test_a_deletion_is_not_a_replay_of_its_message():
    message, gone = samples.page(samples.talk()), samples.page(samples.talk(is_deleted=True))
    assert [IG.envelopes(raw)[0].external_id for raw in (message, gone)] == ["m_1", "delete:m_1"]
    assert only(IG, gone) == InboundDelete("m_1", AT, "PSID")


def test_reading_and_delivery_reports():
    seen = {"sender": {"id": "PSID"}, "recipient": {"id": "PAGE"}, "read": {"watermark": 1778579582000}}
    assert only(FB, samples.page(seen)) == DeliveryStatus("", Delivered.READ, AT, "", "PSID")
    assert only(IG, samples.page(seen)) == Ignored("read")
    arrived = {"sender": {"id": "PSID"}, "delivery": {"mids": ["m_8", "m_9"], "watermark": 1778579582000}}
    found = FB.normalise(samples.page(arrived))
    assert [(s.external_id, s.state) for s in found] == [("m_8", "delivered"), ("m_9", "delivered")]


def test_messenger_edits_buttons_places_and_links():
    edit = {
        "sender": {"id": "PSID"},
        "timestamp": 1778579582000,
        "message_edit": {"mid": "m_1", "text": "b", "num_edit": 2},
    }
    assert only(FB, samples.page(edit)) == InboundEdit("m_1", "b", AT, "PSID")
    pressed = {
        "sender": {"id": "PSID"},
        "postback": {"mid": "m_7", "title": "Mulai", "payload": "GET_STARTED"},
    }
    assert (only(FB, samples.page(pressed)).text, only(FB, samples.page(pressed)).command) == (
        "Mulai",
        "GET_STARTED",
    )
    place = {"type": "location", "payload": {"coordinates": {"lat": -6.1, "long": 106.1}}}
    link = {"type": "fallback", "title": "Berita", "payload": {"url": "https://berita.example/1"}}
    message = only(FB, samples.page(samples.talk(attachments=[place, link])))
    assert (message.point.lng, message.attachments) == (106.1, ())
    assert message.text == "jalan rusak\nBerita https://berita.example/1"


def test_page_comments_come_change_and_go():
    added = samples.page(samples.feed(), name="changes")
    message = only(FB, added)
    assert (message.kind, message.external_id, message.thread, message.text) == (
        "comment",
        "P_1",
        "P",
        "lampu mati",
    )
    edited = samples.page(samples.feed("edited", message="lampu nyala"), name="changes")
    again = samples.page(samples.feed("edited", message="lampu redup"), name="changes")
    removed = samples.page(samples.feed("remove"), name="changes")
    keys = [FB.envelopes(raw)[0].external_id for raw in (added, edited, again, removed)]
    assert len(set(keys)) == 4 and keys[0] == "P_1"
    assert only(FB, edited) == InboundEdit("P_1", "lampu nyala", AT, "U1")
    assert only(FB, removed) == InboundDelete("P_1", AT, "U1")
    own = samples.page(samples.feed(**{"from": {"id": "PAGE"}}), name="changes")
    assert only(FB, own) == Ignored("own")
    liked = samples.page(samples.feed(item="reaction"), name="changes")
    assert only(FB, liked) == Ignored("reaction")


@pytest.mark.parametrize("direct", [True, False])
def test_instagram_comments_in_either_place(direct):
    value = {
        "id": "C9",
        "from": {"id": "IGSID", "username": "warga"},
        "text": "macet",
        "media": {"id": "MED"},
    }
    change = {"field": "comments", "value": value}
    entry = {"id": "IG", "time": 1778579582} | (change if direct else {"changes": [change]})
    message = only(IG, samples.raw({"object": "instagram", "entry": [entry]}))
    assert (message.external_id, message.kind, message.thread) == ("C9", "comment", "MED")
    assert (message.sender_name, message.sent_at, message.account) == ("warga", AT, "IG")
    assert message.conversation_id == "comment:C9"
