"""Answers go out over real HTTP to providers in another process, which refuse what the real ones refuse."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from complaints.channels.contract import Outbound, Permanent, Retryable
from complaints.channels.http import Http
from complaints.channels.registry import KINDS

WHO = {
    "telegram": "23",
    "x": "55",
    "messenger": "PSID",
    "instagram": "IGSID",
    "partner": "u9",
    "lapor": "8120045",
}
OVER_HTTP = ["whatsapp", "telegram", "messenger", "instagram", "x", "partner", "lapor"]


def now() -> datetime:
    return datetime.now(UTC)


def answer(channel: str, /, who: str = "", **more) -> Outbound:
    to = who or WHO.get(channel, "62811000")
    return Outbound(**{"key": f"answer:{channel}", "to": to, "text": "Kami periksa 🚧", **more})


def send(sim, http, key, outbound, **changed):
    settings = sim.settings[key] | changed.pop("settings", {})
    secrets = sim.secrets[key] | changed.pop("secrets", {})
    return KINDS[key].adapter.send(outbound, settings, secrets, http, changed.pop("at", now()))


def failing(sim, http, key, outbound=None, **changed):
    with pytest.raises((Retryable, Permanent)) as caught:
        send(sim, http, key, outbound or answer(key), **changed)
    return caught.value


@pytest.mark.parametrize("key", OVER_HTTP)
def test_an_answer_arrives_as_written(sim, http, key):
    who = WHO.get(key, "62811000")
    sim.control.call("wrote", channel=key, who=who)
    sent = send(sim, http, key, answer(key))
    taken = sim.control.sent(key)[-1]
    assert (taken["id"], taken["to"], taken["text"]) == (sent.external_id, who, "Kami periksa 🚧")


@pytest.mark.parametrize("key", ["messenger", "instagram", "x"])
def test_a_comment_is_answered_below_it(sim, http, key):
    sent = send(sim, http, key, answer(key, "comment:C9"))
    taken = sim.control.sent(key)[-1]
    assert (taken["id"], taken["to"], taken["kind"]) == (sent.external_id, "C9", "comment")


def test_whatsapp_goes_to_the_number_or_to_the_user_id(sim, http):
    sim.control.call("wrote", channel="whatsapp", who="ID.2081")
    send(sim, http, "whatsapp", answer("whatsapp", "ID.2081", reply_to="wamid.A1"))
    taken = sim.control.sent("whatsapp")[-1]
    assert (taken["to"], taken["reply_to"]) == ("ID.2081", "wamid.A1"), "a user id in `to` would be lost"
    sim.control.call("wrote", channel="whatsapp", who="62811777")
    send(sim, http, "whatsapp", answer("whatsapp", "+62 811-777"))
    assert sim.control.sent("whatsapp")[-1]["to"] == "62811777"
    assert failing(sim, http, "whatsapp", answer("whatsapp", "siti")).code == "recipient_unknown"


def test_the_providers_enforce_the_window_and_we_say_so(sim, http):
    for key in ("whatsapp", "messenger", "instagram"):
        sim.control.call("wrote", channel=key, who="62811555")
    sim.control.call("pass", hours=24)
    try:
        for key in ("whatsapp", "messenger", "instagram"):
            error = failing(sim, http, key, answer(key, "62811555"))
            assert (type(error), error.code) == (Permanent, "window_closed"), key
        long_ago = now() - timedelta(hours=25)
        for key in ("messenger", "instagram"):
            send(sim, http, key, answer(key, "62811555", last_inbound_at=long_ago))
            assert sim.control.sent(key)[-1]["tag"] == "HUMAN_AGENT"
        words = ("LAP-7K3M-92QF", "selesai\ndiperbaiki", "https://lapor.example")
        template = answer("whatsapp", "62811555", template="report_status", parameters=words)
        send(sim, http, "whatsapp", template)
        assert (
            sim.control.sent("whatsapp")[-1]["text"]
            == "LAP-7K3M-92QF|selesai diperbaiki|https://lapor.example"
        )
    finally:
        sim.control.call("pass", hours=-24)


@pytest.mark.parametrize(("template", "words"), [("no_such", ()), ("report_status", ("eins",))])
def test_a_template_the_provider_does_not_take(sim, http, template, words):
    error = failing(sim, http, "whatsapp", answer("whatsapp", template=template, parameters=words))
    assert (type(error), error.code) == (Permanent, "template_refused")


@pytest.mark.parametrize("key", OVER_HTTP)
def test_429_waits_as_long_as_the_provider_says(sim, http, key):
    sim.control.call("wrote", channel=key, who=WHO.get(key, "62811000"))
    sim.control.fault(key, "rate", 1, after=40)
    error = failing(sim, http, key)
    assert (type(error), error.code, error.channel_wide) == (Retryable, "rate_limited", False)
    assert 37 < error.after <= 40
    send(sim, http, key, answer(key))


@pytest.mark.parametrize("key", OVER_HTTP)
def test_an_expired_token_stops_the_channel_and_no_message_is_lost(sim, http, key):
    sim.control.fault(key, "token", 1)
    error = failing(sim, http, key)
    assert (type(error), error.code, error.channel_wide) == (Retryable, "token_refused", True)
    assert error.after >= 600


@pytest.mark.parametrize("key", [key for key in OVER_HTTP if key != "partner"])
def test_a_wrong_token_is_an_expired_one(sim, http, key):
    error = failing(sim, http, key, secrets={"token": "123456789:WRONG-bot-token-that-is-no-secret-0"})
    assert (error.code, error.channel_wide) == ("token_refused", True)


@pytest.mark.parametrize("key", OVER_HTTP)
@pytest.mark.parametrize("code", [500, 503])
def test_a_fault_of_the_provider_is_tried_again(sim, http, key, code):
    sim.control.fault(key, "error", 1, code=code)
    error = failing(sim, http, key)
    assert (type(error), error.code, error.maybe_sent) == (Retryable, "provider_down", False)


@pytest.mark.parametrize("key", OVER_HTTP)
def test_an_answer_that_got_lost_may_have_been_sent(sim, http, key):
    """The provider took it and hung up: whoever tries again must know that it may arrive twice."""
    who = WHO.get(key, "62811000")
    sim.control.call("wrote", channel=key, who=who)
    before = len(sim.control.sent(key))
    outbound = answer(key, key=f"lost:{key}")
    sim.control.fault(key, "lost", 1)
    error = failing(sim, http, key, outbound)
    assert (type(error), error.maybe_sent) == (Retryable, True)
    assert len(sim.control.sent(key)) == before + 1
    send(sim, http, key, outbound)
    # Partners and SP4N-LAPOR! know the number again; the others cannot.
    assert len(sim.control.sent(key)) == before + (1 if key in ("partner", "lapor") else 2)


@pytest.mark.parametrize("kind", ["stall", "drip"])
def test_a_provider_that_does_not_answer_costs_seconds_not_minutes(sim, kind):
    http = Http(allow_hosts=sim.allow_hosts, seconds=1)
    sim.control.fault("telegram", kind, 1)
    began = now()
    error = failing(sim, http, "telegram")
    assert (type(error), error.code, error.maybe_sent) == (Retryable, "timeout", True)
    assert (now() - began).total_seconds() < 3


def test_nobody_there_is_certainly_not_sent(sim, http):
    dead = Http(allow_hosts={"127.0.0.1:9"})
    error = failing(sim, dead, "telegram", settings={"api_base": "http://127.0.0.1:9"})
    assert (error.code, error.maybe_sent) == ("unreachable", False)


@pytest.mark.parametrize("kind", ["html", "huge", "gzip"])
@pytest.mark.parametrize("key", ["whatsapp", "telegram", "x"])
def test_an_answer_that_is_none_is_no_success(sim, http, key, kind):
    sim.control.fault(key, kind, 1)
    error = failing(sim, http, key)
    assert error.code in ("answer_not_understood", "media_too_large", "media_refused")


def test_a_call_follows_no_redirect(sim, http):
    sim.control.fault("x", "redirect", 1, to=f"{sim.address}/files/open/x")
    assert failing(sim, http, "x").code == "refused"


@pytest.mark.parametrize("key", ["whatsapp", "telegram", "messenger", "x"])
def test_who_blocked_us_is_left_in_peace(sim, http, key):
    sim.control.call("wrote", channel=key, who="62811444")
    sim.control.call("blocks", channel=key, who="62811444")
    error = failing(sim, http, key, answer(key, "62811444"))
    assert (type(error), error.code) == (Permanent, "recipient_unknown" if key == "whatsapp" else "blocked")


@pytest.mark.parametrize("key", ["telegram", "messenger"])
def test_a_stranger_is_unknown(sim, http, key):
    assert failing(sim, http, key, answer(key, "999000")).code == "recipient_unknown"


@pytest.mark.parametrize("key", [key for key in OVER_HTTP if KINDS[key].max_text])
def test_too_long_a_text_is_said_before_it_is_sent(sim, http, key):
    before = len(sim.control.sent(key))
    sim.control.call("wrote", channel=key, who=WHO.get(key, "62811000"))
    error = failing(sim, http, key, answer(key, text="x" * (KINDS[key].max_text + 1)))
    assert (type(error), error.code) == (Permanent, "too_long")
    assert len(sim.control.sent(key)) == before
    send(sim, http, key, answer(key, text="x" * KINDS[key].max_text))


@pytest.mark.parametrize("key", OVER_HTTP)
def test_a_channel_that_is_not_set_up_waits_whole(sim, http, key):
    empty = {name: "" for name in sim.secrets[key]}
    error = failing(sim, http, key, secrets=empty)
    assert (error.code, error.channel_wide) == ("not_set_up", True)


def test_a_partner_checks_our_signature(sim, http):
    sent = send(sim, http, "partner", answer("partner", key="a:1"))
    assert sent == send(sim, http, "partner", answer("partner", key="a:1"))
    assert sum(row["id"] == sent.external_id for row in sim.control.sent("partner")) == 1
    assert failing(sim, http, "partner", secrets={"secret": "other"}).code == "refused"
    late = now() - timedelta(minutes=6)
    assert failing(sim, http, "partner", at=late).code == "refused"


def test_tokens_and_texts_are_in_no_log_and_no_error(sim, http, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.DEBUG)
    sim.control.call("wrote", channel="telegram", who="23")
    send(sim, http, "telegram", answer("telegram"))
    said = [caplog.text]
    for kind in ("error", "token", "lost", "html", "drop"):
        sim.control.fault("telegram", kind, 1)
        error = failing(sim, http, "telegram")
        said += [str(error), repr(error), repr(error.__cause__), repr(error.args)]
    error = failing(sim, Http(), "telegram")
    said += [str(error), repr(error)]
    assert error.code == "address_refused"
    for word in ("SIM-bot-token", "Kami periksa"):
        assert word not in "".join(said)


def test_lapor_is_pulled_page_by_page(sim, http):
    adapter, settings, secrets = KINDS["lapor"].adapter, sim.settings["lapor"], sim.secrets["lapor"]
    raw, cursor = adapter.pull(settings, secrets, http, "", now())
    assert [e.external_id for e in adapter.envelopes(raw)] == ["8120045"]
    raw, cursor = adapter.pull(settings, secrets, http, cursor, now())
    assert (cursor, adapter.envelopes(raw)[0].kind) == ("c1", "unknown")
