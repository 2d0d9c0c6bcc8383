"""The twelve channels, and the rules by which they answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from complaints.channels.contract import Permanent, Retryable
from complaints.channels.registry import KINDS, missing
from complaints.channels.words import REASONS, explained, in_words
from complaints.models import ChannelKind
from complaints.services.telling import SPEAKS

NOW = datetime(2026, 5, 12, 10, tzinfo=UTC)


def test_there_are_twelve_and_the_models_knows_the_same():
    assert list(KINDS) == ChannelKind.values
    assert len(KINDS) == 12
    assert {key for key, kind in KINDS.items() if kind.outbound} == SPEAKS
    for key, kind in KINDS.items():
        assert kind.adapter is None or kind.adapter.key == key
        assert set(kind.needs) <= {*kind.settings, *kind.secrets}
        assert kind.adapter is not None or not kind.outbound


def test_only_the_national_one_is_experimental():
    assert [key for key, kind in KINDS.items() if kind.experimental] == ["lapor"]


def test_staff_write_down_calls_and_letters():
    assert [key for key, kind in KINDS.items() if kind.staffed] == ["phone", "112", "walk_in"]


def test_what_a_channel_lacks_is_named():
    assert missing("telegram", {}, {"token": "t"}) == ["secret_token"]
    assert missing("telegram", None, {"token": "t", "secret_token": "s"}) == []
    assert missing("112", {}, {}) == []


@pytest.mark.parametrize("key", ["whatsapp", "messenger", "instagram"])
def test_the_window_of_24_hours_closes_on_the_second(key):
    adapter = KINDS[key].adapter
    shut = "template_needed" if KINDS[key].templates else "closed"
    assert adapter.reply_rule(NOW - timedelta(hours=24) + timedelta(seconds=1), NOW) == "free"
    assert adapter.reply_rule(NOW - timedelta(hours=24), NOW) == shut
    assert adapter.reply_rule(None, NOW) == shut


@pytest.mark.parametrize("key", ["messenger", "instagram"])
def test_a_person_may_answer_for_seven_days_and_a_comment_always(key):
    adapter = KINDS[key].adapter
    past = NOW - timedelta(days=6)
    assert adapter.reply_rule(past, NOW, settings={"human_agent": True}) == "free"
    assert adapter.reply_rule(NOW - timedelta(days=7), NOW, settings={"human_agent": True}) == "closed"
    assert adapter.reply_rule(None, NOW, kind="comment") == "free"


@pytest.mark.parametrize("key", ["telegram", "x", "email", "partner", "lapor"])
def test_the_others_have_no_window(key):
    assert KINDS[key].adapter.reply_rule(None, NOW) == "free"


def test_every_reason_has_words_in_both_languages():
    for code in REASONS:
        with translation.override("en"):
            english = str(in_words(code))
        with translation.override("id"):
            assert str(in_words(code)) != english, code
    assert in_words("strange") == "strange"


def test_a_reason_stored_with_its_number_still_finds_its_words():
    error = Permanent("window_closed", "131047")
    with translation.override("en"):
        assert in_words(str(error)) == in_words("window_closed")
        assert explained(error).endswith("(131047)")
        assert explained(Retryable("timeout")) == str(in_words("timeout"))
