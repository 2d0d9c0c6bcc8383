"""Who may write into a channel: signatures over raw bytes, by the reference's vectors."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from complaints.channels.contract import MissingSignature, WrongSignature
from complaints.channels.partner import signature
from complaints.channels.registry import KINDS
from complaints.channels.signing import base64_signature, hex_signature

NOW = datetime.fromtimestamp(1780000000, UTC)
META = b'{"object":"page","entry":[]}'
EMOJI = '{"object":"page","entry":[{"id":"1","messaging":[{"message":{"text":"jalan rusak 🚧"}}]}]}'.encode()
ESCAPED = EMOJI.replace("🚧".encode(), b"\\ud83d\\udea7")
X_EVENT = b'{"for_user_id":"1","direct_message_events":[]}'
PARTNER = b'{"id":"p-1","text":"sampah menumpuk"}'
VECTORS = [
    (META, "e6e9d7a842a48e17f43a34d6125d0d933e2aab92ee37f0993a4d493b50e3d438"),
    (EMOJI, "998800af06c8bfc5861fc0ae1bcdda4fd13891a674672fa252738fb1df913ee6"),
    (ESCAPED, "dd7b0c45e3ad7f2354e7223057937ed785a8f1693fc18e72923bfa6e9e6561fb"),
]
SECRETS = {
    "app_secret": "app-secret", "verify_token": "vt", "consumer_secret": "consumer-secret",
    "secret": "partner-secret", "secret_token": "telegram-secret", "inbound_secret": "mail-secret",
    "inbound_token": "lapor-token",
}  # fmt: skip


def proof(key: str, raw: bytes) -> dict[str, str]:
    """Headers that the provider would send."""
    stamp = "1780000000"
    return {
        "whatsapp": {"X-Hub-Signature-256": hex_signature("app-secret", raw)},
        "messenger": {"X-Hub-Signature-256": hex_signature("app-secret", raw)},
        "instagram": {"X-Hub-Signature-256": hex_signature("app-secret", raw)},
        "x": {"x-twitter-webhooks-signature": base64_signature("consumer-secret", raw)},
        "telegram": {"X-Telegram-Bot-Api-Secret-Token": "telegram-secret"},
        "email": {"X-Mail-Secret": "mail-secret"},
        "lapor": {"Authorization": "Bearer lapor-token"},
        "partner": {"X-Signature": signature("partner-secret", stamp, raw), "X-Timestamp": stamp},
    }[key]


WITH_ADAPTER = [kind.key for kind in KINDS.values() if kind.adapter]


@pytest.mark.parametrize(("raw", "digest"), VECTORS)
@pytest.mark.parametrize("key", ["whatsapp", "messenger", "instagram"])
def test_the_references_meta_vectors_hold(key, raw, digest):
    headers = {"X-Hub-Signature-256": f"sha256={digest}"}
    KINDS[key].adapter.verify(headers, raw, SECRETS, NOW)


def test_json_written_anew_breaks_the_signature():
    assert json.loads(EMOJI) == json.loads(ESCAPED)
    assert (len(EMOJI), len(ESCAPED)) == (92, 100)
    headers = {"X-Hub-Signature-256": f"sha256={VECTORS[1][1]}"}
    with pytest.raises(WrongSignature):
        KINDS["messenger"].adapter.verify(headers, ESCAPED, SECRETS, NOW)


def test_x_answers_the_crc_of_the_reference():
    adapter = KINDS["x"].adapter
    status, body = adapter.challenge({"crc_token": "crc123"}, SECRETS)
    assert (status, json.loads(body)) == (
        200,
        {"response_token": "sha256=f3Kh43bGyAvFznbKg2zfvDqRjnmdVubAHTNBnO8fIFA="},
    )
    assert adapter.challenge({}, SECRETS)[0] == adapter.challenge({"crc_token": "crc123"}, {})[0] == 403


@pytest.mark.parametrize("body", [X_EVENT, b'{"for_user_id":"1","direct_message_events":[]}', b"[]", b'"a"'])
def test_the_crc_signs_nothing_that_could_be_a_post_of_x(body):
    """Anybody may ask for it: whatever it signed would pass as X's own word."""
    assert KINDS["x"].adapter.challenge({"crc_token": body.decode()}, SECRETS) == (403, "")


def test_what_the_crc_signed_is_no_post():
    adapter = KINDS["x"].adapter
    signature = json.loads(adapter.challenge({"crc_token": "12345"}, SECRETS)[1])["response_token"]
    with pytest.raises(WrongSignature):
        adapter.verify({"X-Twitter-Webhooks-Signature": signature}, b"12345", SECRETS, NOW)


def test_the_references_x_event_vector_holds():
    headers = {"X-Twitter-Webhooks-Signature": "sha256=jomUZei+3DJiHstmKDtMIjQQdJnN8EanBDgPRj9Ebyo="}
    KINDS["x"].adapter.verify(headers, X_EVENT, SECRETS, NOW)


def test_the_references_partner_vector_holds():
    digest = "774a2184bd6e74c928571fc2383cabb86a3411b9c82e520faa25717ad884e17c"
    headers = {"X-Signature": f"sha256={digest}", "X-Timestamp": "1780000000"}
    KINDS["partner"].adapter.verify(headers, PARTNER, SECRETS, NOW)


@pytest.mark.parametrize("key", WITH_ADAPTER)
def test_what_the_provider_signed_is_let_in_in_any_letters(key):
    headers = proof(key, META)
    KINDS[key].adapter.verify(headers, META, SECRETS, NOW)
    KINDS[key].adapter.verify({k.upper(): v for k, v in headers.items()}, META, SECRETS, NOW)


@pytest.mark.parametrize("key", WITH_ADAPTER)
def test_nothing_signed_is_401(key):
    with pytest.raises(MissingSignature) as caught:
        KINDS[key].adapter.verify({"X-Hub-Signature": "sha1=00"}, META, SECRETS, NOW)
    assert caught.value.status == 401


@pytest.mark.parametrize("key", WITH_ADAPTER)
def test_wrongly_signed_is_403(key):
    wrong = {
        name: value[:-1] + ("0" if value[-1] != "0" else "1") for name, value in proof(key, META).items()
    }
    with pytest.raises(WrongSignature) as caught:
        KINDS[key].adapter.verify(wrong, META, SECRETS, NOW)
    assert caught.value.status == 403
    with pytest.raises(WrongSignature):
        KINDS[key].adapter.verify({name: "é\udcff" for name in wrong}, META, SECRETS, NOW)


@pytest.mark.parametrize("key", [key for key in WITH_ADAPTER if key not in ("telegram", "email", "lapor")])
def test_another_body_under_a_right_signature_is_403(key):
    with pytest.raises(WrongSignature):
        KINDS[key].adapter.verify(proof(key, META), META + b" ", SECRETS, NOW)


@pytest.mark.parametrize("key", WITH_ADAPTER)
@pytest.mark.parametrize("empty", [{}, {name: "" for name in SECRETS}])
def test_a_channel_without_a_secret_lets_nobody_in(key, empty):
    """An HMAC with an empty key is one that everybody can make."""
    forged = proof(key, META)
    if "X-Hub-Signature-256" in forged:
        forged = {"X-Hub-Signature-256": hex_signature("", META)}
    with pytest.raises(WrongSignature):
        KINDS[key].adapter.verify(forged, META, empty, NOW)


@pytest.mark.parametrize("secret", ["app-secret", "other-secret"])
def test_instagram_signs_with_either_of_two_secrets(secret):
    secrets = {"app_secret": "app-secret", "instagram_app_secret": "other-secret"}
    headers = {"X-Hub-Signature-256": hex_signature(secret, META)}
    KINDS["instagram"].adapter.verify(headers, META, secrets, NOW)
    if secret == "other-secret":
        with pytest.raises(WrongSignature):
            KINDS["messenger"].adapter.verify(headers, META, secrets, NOW)


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_a_partners_post_is_good_for_five_minutes(seconds):
    headers = proof("partner", PARTNER)
    KINDS["partner"].adapter.verify(headers, PARTNER, SECRETS, NOW + timedelta(seconds=300))
    KINDS["partner"].adapter.verify(headers, PARTNER, SECRETS, NOW - timedelta(seconds=300))
    with pytest.raises(WrongSignature) as caught:
        KINDS["partner"].adapter.verify(headers, PARTNER, SECRETS, NOW + timedelta(seconds=seconds))
    assert caught.value.code == "clock_skew"


@pytest.mark.parametrize("stamp", ["", "abc", "-1", "1780000000.5", "9" * 400, "١٧٨٠"])
def test_a_partners_odd_clock_is_refused_even_when_signed(stamp):
    headers = {"X-Signature": signature("partner-secret", stamp, PARTNER), "X-Timestamp": stamp}
    with pytest.raises((WrongSignature, MissingSignature)):
        KINDS["partner"].adapter.verify(headers, PARTNER, SECRETS, NOW)


def test_a_partners_secret_can_be_replaced_without_a_gap():
    secrets = {"secret": "new", "old_secret": "partner-secret"}
    KINDS["partner"].adapter.verify(proof("partner", PARTNER), PARTNER, secrets, NOW)


@pytest.mark.parametrize("key", ["whatsapp", "messenger", "instagram"])
def test_metas_handshake(key):
    adapter = KINDS[key].adapter
    asked = {"hub.mode": "subscribe", "hub.verify_token": "vt", "hub.challenge": "1158201444"}
    assert adapter.challenge(asked, SECRETS) == (200, "1158201444")
    for other in ({"hub.verify_token": "wrong"}, {"hub.mode": "unsubscribe"}, {"hub.verify_token": ""}):
        assert adapter.challenge(asked | other, SECRETS) == (403, "")
    assert adapter.challenge(asked | {"hub.verify_token": ""}, {"verify_token": ""}) == (403, "")
    assert adapter.challenge({}, {}) == (403, "")


def test_channels_without_a_handshake_have_none():
    assert KINDS["telegram"].adapter.challenge({"hub.mode": "subscribe"}, SECRETS) == (404, "")
