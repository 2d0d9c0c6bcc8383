"""Both servers on the road of the stream, where plain fixes take the short way: the answers are the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from commandcenter import keys
from commandcenter.runtime.servers import Valkey
from fieldstaff import stream, tokens
from fieldstaff.models import Device, Position
from fieldstaff.phonesim.apps import APPS, Fix, Identity
from fieldstaff.phonesim.queue import Line, Phone
from tests.fieldstaff.protocol.conftest import enrolled, house
from tests.fieldstaff.protocol.servers import KINDS, serving
from tests.fieldstaff.protocol.test_ingest_process import asked, requests

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def ports(db, tmp_path_factory) -> Iterator[dict[str, int]]:
    """Port by kind; the stream has a Valkey of its own, which this process looks at, too."""
    folder = tmp_path_factory.mktemp("streams")
    valkey = Valkey(folder, log=True)
    valkey.start()
    before, settings.STREAM_URL = settings.STREAM_URL, valkey.url
    stream.client.cache_clear()
    road = house(CC_POSITION_ROAD="stream", CC_STREAM_URL=valkey.url)
    try:
        with (
            serving("daphne", road, folder / "daphne.log") as web,
            serving("wsgi", road, folder / "wsgi.log") as ingest,
        ):
            yield {"daphne": web, "wsgi": ingest}
    finally:
        settings.STREAM_URL = before
        stream.client.cache_clear()
        valkey.stop()


def in_use(app: str = "") -> Identity:
    """A phone that has been in use for an hour."""
    who = enrolled({"owntracks": "owntracks", "app": "app"}.get(app, "traccar"))
    Device.objects.filter(uid=who.uid).update(enrolled_at=datetime.now(UTC) - timedelta(hours=1))
    keys.client().delete(tokens.mark_of(who.token))
    return who


def test_each_app_empties_its_queue_into_the_stream(ports):
    now = datetime.now(UTC).replace(microsecond=0)
    for kind in KINDS:
        line = Line("127.0.0.1", ports[kind])
        for app in APPS:
            phone = Phone(in_use(app), app)
            phone.keep(Fix(now - n * MINUTE, -6.12, 106.2 + n / 1e4, 1.2) for n in range(20, 0, -1))
            assert phone.flush(line.send).status == 200 and not phone.waiting, (kind, app)
            rows = Position.objects.filter(device__uid=phone.who.uid)
            waiting = stream.client().xlen(stream.name())
            assert waiting and not rows.exists(), (kind, app)
            while stream.client().xlen(stream.name()):
                stream.drain()
            assert rows.count() == 20, (kind, app)
        line.close()


def test_both_servers_answer_every_form_as_on_the_other_road(ports):
    """What is plain takes the short way, all else the view's; nobody can tell by the answer."""
    who = in_use()
    for request in requests(who):
        by_daphne, by_wsgi = (asked(ports[kind], request) for kind in KINDS)
        assert by_daphne == by_wsgi, (request.method, request.path[:40], request.body[:40])
        assert by_daphne[2]["Cache-Control"] == "no-store", request.path[:40]


def test_a_revoked_phone_is_refused_by_both_at_once(ports):
    who = in_use()
    now = datetime.now(UTC).replace(microsecond=0)
    request = APPS["traccar10"](who, [Fix(now, -6.12, 106.2)])
    assert {asked(ports[kind], request)[0] for kind in KINDS} == {200}
    tokens.revoke(viewer=None, device=Device.objects.get(uid=who.uid))
    assert {asked(ports[kind], request)[0] for kind in KINDS} == {404}
