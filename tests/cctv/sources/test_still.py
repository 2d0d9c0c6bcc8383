"""HTTP stills from cameras that behave, and from those that don't."""

import hashlib
import socket
import struct
import time
import tracemalloc

import pytest

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.sources import http
from cctv.capture.sources.still import grab_still
from tests.cctv.sources.rig import Server, drip, header, picture, reply, run, spec_for

PICTURE = picture()


@pytest.fixture(autouse=True)
def fresh_connections():
    yield
    http.close_all()


def failure(spec, seconds=8.0):
    with pytest.raises(GrabError) as caught:
        run(grab_still, spec, seconds)
    return caught.value


def test_a_still_comes_with_its_size_and_a_small_grey_copy():
    with Server(reply(PICTURE)) as server:
        result = run(grab_still, spec_for(server.port))
    assert (result.width, result.height, result.codec) == (640, 360, "jpeg")
    assert result.jpeg == PICTURE
    assert result.gray_small.shape == (90, 160)
    assert result.bytes_in >= len(PICTURE)
    assert result.captured_at.utcoffset().total_seconds() == 0
    assert "jpeg=b" not in repr(result)


def test_connections_are_kept_between_stills_and_a_closed_one_is_replaced():
    with Server(reply(PICTURE)) as server:
        spec = spec_for(server.port)
        run(grab_still, spec)
        run(grab_still, spec)
        assert server.connections == 1
        server.open[0].shutdown(socket.SHUT_RDWR)
        assert run(grab_still, spec).width == 640
        assert server.connections == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("301 Moved", "moved"),
        ("302 Found", "moved"),
        ("400 Bad Request", "bad_request"),
        ("401 Unauthorized", "unauthorized"),
        ("403 Forbidden", "forbidden"),
        ("404 Not Found", "not_found"),
        ("405 Method Not Allowed", "bad_request"),
        ("410 Gone", "not_found"),
        ("429 Too Many Requests", "busy"),
        ("500 Oops", "device_error"),
        ("503 Service Unavailable", "busy"),
    ],
)
def test_status_codes_become_failures(status, kind):
    with Server(reply(b"no", status)) as server:
        assert failure(spec_for(server.port)).kind == kind


def test_a_redirect_to_loopback_is_not_followed():
    with Server(reply(PICTURE)) as inner:
        location = f"http://127.0.0.1:{inner.port}/secret"
        with Server(reply(b"", "302 Found", Location=location)) as server:
            assert failure(spec_for(server.port)).kind is FailureKind.MOVED
        assert inner.connections == 0


def _digest_server(realm="IP Camera", algorithm="MD5", user="admin", password="p@:/#é", qop='qop="auth", '):
    """Counts 401 rounds; checks the response by RFC 7616 itself; every nonce may be used often."""
    name = {"MD5": "md5", "SHA-256": "sha256"}[algorithm]

    def h(text):
        return hashlib.new(name, text.encode()).hexdigest()

    challenge = f'Digest realm="{realm}", {qop}nonce="abc123", algorithm={algorithm}'

    def handler(conn, request):
        sent = header(request, "Authorization")
        fields = dict(p.split("=", 1) for p in sent.removeprefix("Digest ").split(", ") if "=" in p)
        ha1, ha2 = h(f"{user}:{realm}:{password}"), h(f"GET:{fields.get('uri', '').strip(chr(34))}")
        middle = f":{fields.get('nc')}:{fields.get('cnonce', '').strip(chr(34))}:auth" if qop else ""
        good = h(f"{ha1}:abc123{middle}:{ha2}")
        if fields.get("response", "").strip('"') == good:
            conn.sendall(reply(PICTURE))
        else:
            conn.sendall(reply(b"who?", "401 Unauthorized", WWW_Authenticate=challenge))

    return Server(handler)


@pytest.mark.parametrize(
    ("algorithm", "qop"), [("MD5", 'qop="auth", '), ("SHA-256", 'qop="auth", '), ("MD5", "")]
)
def test_digest_with_a_nasty_password_and_no_second_401(algorithm, qop):
    with _digest_server(algorithm=algorithm, qop=qop) as server:
        spec = spec_for(server.port, "/cgi-bin/snap?ch=1", user="admin", password="p@:/#é")
        assert run(grab_still, spec).width == 640
        assert run(grab_still, spec).width == 640
        assert len(server.requests) == 3
        assert server.connections == 1
        if qop:
            assert "nc=00000002" in header(server.requests[2], "Authorization")


def test_a_wrong_password_is_tried_once():
    with _digest_server() as server:
        spec = spec_for(server.port, user="admin", password="wrong")
        assert failure(spec).kind is FailureKind.UNAUTHORIZED
        assert len(server.requests) == 2


def test_a_password_changed_on_the_camera_is_noticed_within_two_tries():
    passwords = ["old"]

    def handler(conn, request):
        import base64

        good = "Basic " + base64.b64encode(f"admin:{passwords[0]}".encode()).decode()
        if header(request, "Authorization") == good:
            conn.sendall(reply(PICTURE))
        else:
            conn.sendall(reply(b"", "401 Unauthorized", WWW_Authenticate='Basic realm="cam"'))

    with Server(handler) as server:
        spec = spec_for(server.port, user="admin", password="old")
        run(grab_still, spec)
        passwords[0] = "new"
        assert failure(spec).kind is FailureKind.UNAUTHORIZED
        assert len(server.requests) == 3
        assert run(grab_still, spec_for(server.port, user="admin", password="new")).width == 640


def test_no_credentials_means_none_are_sent():
    with _digest_server() as server:
        assert failure(spec_for(server.port)).kind is FailureKind.UNAUTHORIZED
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html><script>alert(1)</script></html>", "not_a_jpeg"),
        (b"", "not_a_jpeg"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "not_a_jpeg"),
        (PICTURE[: len(PICTURE) // 2], "not_a_jpeg"),
        (PICTURE[:40], "not_a_jpeg"),
        (b"\xff\xd8\xff" + b"\x00" * 5000, "not_a_jpeg"),
    ],
)
def test_what_is_not_a_jpeg_says_so(body, kind):
    with Server(reply(body)) as server:
        assert failure(spec_for(server.port)).kind == kind


def test_html_is_named_in_the_message_but_never_quoted():
    with Server(reply(b"<html><script>alert(1)</script></html>")) as server:
        assert failure(spec_for(server.port)).detail == "the camera sent a web page instead of a picture"


def test_a_connection_that_breaks_off_is_closed_not_damaged():
    def handler(conn, _request):
        conn.sendall(reply(PICTURE)[:-2000])
        conn.shutdown(socket.SHUT_RDWR)

    with Server(handler) as server:
        assert failure(spec_for(server.port)).kind is FailureKind.CLOSED


def test_a_reset_is_closed():
    def handler(conn, _request):
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        conn.close()

    with Server(handler) as server:
        assert failure(spec_for(server.port)).kind is FailureKind.CLOSED


def test_an_answer_that_is_not_http_is_a_device_error():
    with Server(b"+PONG\r\n\r\n" * 10) as server:
        assert failure(spec_for(server.port)).kind is FailureKind.DEVICE_ERROR


def test_200_megabytes_are_refused_with_bounded_memory():
    block = b"\xff\xd8\xff" + b"\x11" * (1 << 16)
    sent = [0]

    def handler(conn, _request):
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
        while sent[0] < 200 * 1024 * 1024:
            conn.sendall(block)
            sent[0] += len(block)

    with Server(handler) as server:
        tracemalloc.start()
        assert failure(spec_for(server.port)).kind is FailureKind.TOO_LARGE
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024
    assert sent[0] < 32 * 1024 * 1024


def test_an_announced_size_is_refused_without_reading():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n"
    with Server(head) as server:
        assert failure(spec_for(server.port)).kind is FailureKind.TOO_LARGE


def test_a_jpeg_bomb_is_measured_not_decoded():
    at = PICTURE.index(b"\xff\xc0") + 5
    bomb = PICTURE[:at] + struct.pack(">HH", 65000, 65000) + PICTURE[at + 4 :]
    with Server(reply(bomb)) as server:
        assert failure(spec_for(server.port)).kind is FailureKind.TOO_LARGE


def test_gzip_is_refused():
    with Server(reply(PICTURE, Content_Encoding="gzip")) as server:
        assert failure(spec_for(server.port)).kind is FailureKind.NOT_A_JPEG


@pytest.mark.alone
@pytest.mark.parametrize("where", ["silence", "headers", "body"])
def test_the_deadline_is_a_wall_clock(where):
    def handler(conn, _request):
        answer = reply(PICTURE)
        if where == "silence":
            time.sleep(5)
        elif where == "headers":
            drip(conn, answer)
        else:
            conn.sendall(answer[:200])
            drip(conn, answer[200:])

    with Server(handler) as server:
        started = time.monotonic()
        assert failure(spec_for(server.port), seconds=0.6).kind is FailureKind.TIMEOUT
        assert time.monotonic() - started < 1.0


def test_a_closed_port_is_refused_and_a_silent_host_times_out_connecting():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert failure(spec_for(port)).kind is FailureKind.REFUSED
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        try:
            spec = spec_for(full.getsockname()[1], connect_timeout=0.3)
            assert failure(spec).kind is FailureKind.CONNECT_TIMEOUT
        finally:
            for filler in fillers:
                filler.close()
