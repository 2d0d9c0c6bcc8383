"""What enrolls a phone, read back as the apps read it."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, parse_qsl, quote, unquote, unquote_plus, urlsplit

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from fieldstaff.wire import settings_link
from fieldstaff.wire.settings_link import Settings

HOST = "https://pusat.example.go.id"
TOKEN = "cc_k3v9_" + "aB-_" * 11
KEYS = {"id", "interval", "distance", "accuracy", "stop_detection", "heartbeat", "buffer", "wakelock"}


def owntracks(**changed: object) -> dict[str, object]:
    given_ = {
        "url": f"{HOST}/fieldstaff/o/",
        "user": "70011234",
        "secret": TOKEN,
        "device": "hp1",
        "tid": "k7",
    }
    return settings_link.owntracks_configuration(**{**given_, **changed})


def test_the_link_of_client_10_is_the_one_of_the_reference():
    assert settings_link.traccar_link(HOST, "TOKEN", "70011234") == (
        "https://pusat.example.go.id/fieldstaff/t/TOKEN/?id=70011234&interval=60&distance=0&accuracy=high"
        "&stop_detection=false&heartbeat=60&buffer=true&wakelock=true"
    )


def test_what_client_10_keeps_is_origin_and_path_so_the_secret_stands_there():
    parts = urlsplit(settings_link.traccar_link(HOST, TOKEN, "70011234"))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == settings_link.server_url(HOST, TOKEN)
    assert TOKEN in parts.path
    assert TOKEN not in parts.query
    assert parts.username is None
    assert {key: value for key, (value,) in parse_qs(parts.query).items()} == {
        "id": "70011234", "interval": "60", "distance": "0", "accuracy": "high", "stop_detection": "false",
        "heartbeat": "60", "buffer": "true", "wakelock": "true",
    }  # fmt: skip


def test_the_deep_link_holds_the_address_escaped_and_the_same_settings():
    parts = urlsplit(settings_link.traccar_deep_link(HOST, TOKEN, "70011234", Settings(interval=30)))
    told = dict(parse_qsl(parts.query))
    assert (parts.scheme, parts.netloc) == ("org.traccar.client", "config")
    assert told.pop("url") == settings_link.server_url(HOST, TOKEN)
    assert set(told) == KEYS
    assert told["interval"] == "30"


def test_client_7_and_9_get_what_a_person_types():
    assert settings_link.traccar_typed(HOST, "TOKEN", "7") == (f"{HOST}/fieldstaff/t/TOKEN/", "7")


@pytest.mark.parametrize(
    "origin",
    [
        "http://pusat.example.go.id",
        "ftp://pusat.example.go.id",
        "pusat.example.go.id",
        "https://",
        f"{HOST}/sub",
        f"{HOST}?x=1",
        f"{HOST}#x",
        "https://a:b@pusat.example.go.id",
        "",
    ],
)
def test_an_address_that_would_lose_the_secret_is_refused(origin):
    with pytest.raises(ValueError, match="origin") as refused:
        settings_link.server_url(origin, TOKEN)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("origin", ["http://localhost:8010", "http://127.0.0.1:8000", f"{HOST}:8443/"])
def test_this_machine_and_other_ports_are_taken(origin):
    assert settings_link.server_url(origin, "T") == f"{origin.rstrip('/')}/fieldstaff/t/T/"


@pytest.mark.parametrize("part", ["", "a/b", "a b", "a?b", "../x", "a%2e", "é", "x" * 201, "a\n"])
def test_tokens_and_ids_are_one_segment_of_a_path(part):
    with pytest.raises(ValueError, match="token"):
        settings_link.server_url(HOST, part)
    with pytest.raises(ValueError, match="device"):
        settings_link.traccar_link(HOST, TOKEN, part)
    with pytest.raises(ValueError, match="secret"):
        owntracks(secret=part)


@pytest.mark.parametrize(
    "wrong", [{"interval": 1}, {"heartbeat": 30}, {"accuracy": "best"}, {"distance": -1}, {"interval": 99999}]
)
def test_settings_that_no_app_follows_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)


def test_the_configuration_of_owntracks_demands_move_mode_and_allows_later_changes():
    told = owntracks()
    assert (told["_type"], told["mode"], told["monitoring"]) == ("configuration", 3, 2)
    assert (told["cmd"], told["remoteConfiguration"], told["auth"]) == (True, True, True)
    assert (told["username"], told["password"], told["deviceId"], told["tid"]) == (
        "70011234",
        TOKEN,
        "hp1",
        "k7",
    )
    assert told["url"] == f"{HOST}/fieldstaff/o/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "mqtt://x"},
        {"url": "https://a:b@x/"},
        {"tid": ""},
        {"tid": "abc"},
        {"user": "a:b"},
        {"url": ""},
    ],
)
def test_a_configuration_that_the_app_would_not_follow_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        owntracks(**wrong)


def inside(link: str) -> str:
    assert link.startswith("owntracks:///config?inline=")
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path) == ("owntracks", "", "/config")
    return parts.query.removeprefix("inline=")


def test_the_link_of_owntracks_is_the_file_in_standard_base64():
    told = base64.b64decode(inside(settings_link.owntracks_link(owntracks())), validate=True)
    assert json.loads(told) == owntracks()


@given(
    st.dictionaries(st.text(max_size=12), st.text(max_size=40) | st.integers() | st.booleans(), max_size=8)
)
def test_any_configuration_survives_a_scanner_that_unescapes_and_one_that_does_not(configuration):
    code = inside(settings_link.owntracks_link(configuration))
    assert code == quote(code, safe="")
    assert code == unquote(code) == unquote_plus(code)
    assert json.loads(base64.b64decode(code, validate=True)) == configuration


def test_both_links_fit_a_qr_code_that_a_phone_reads_from_a_screen():
    for link in (
        settings_link.traccar_link(HOST, TOKEN, "70011234"),
        settings_link.owntracks_link(owntracks()),
    ):
        assert segno.make(link, error="l", micro=False).version <= 20
