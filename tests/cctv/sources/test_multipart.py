"""MJPEG over HTTP: one picture, bounded, connection closed."""

import time

import pytest

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.grab import grab
from cctv.capture.sources.base import Mode
from cctv.capture.sources.mjpeg import grab_mjpeg
from tests.cctv.sources.rig import Server, picture, reply, run, spec_for

PICTURE = picture()
OTHER = picture(shade=200)


def stream(parts, boundary="--kotak", quoted=False, length=True):
    value = f'"{boundary}"' if quoted else boundary
    head = f"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary={value}\r\n\r\n".encode()
    mark = "--" + boundary.removeprefix("--")
    body = b""
    for part in parts:
        size = f"Content-Length: {len(part)}\r\n" if length else ""
        body += f"{mark}\r\nContent-Type: image/jpeg\r\n{size}\r\n".encode() + part + b"\r\n"
    return head + body


@pytest.mark.parametrize("boundary", ["--kotak", "kotak", "--kotak-ku.1"])
@pytest.mark.parametrize("length", [True, False])
def test_the_first_picture_is_taken_and_the_connection_closed(boundary, length):
    with Server(stream([PICTURE, OTHER, PICTURE], boundary, quoted=True, length=length)) as server:
        result = run(grab_mjpeg, spec_for(server.port))
        assert result.jpeg == PICTURE
        time.sleep(0.05)
        assert server.open[0].fileno() == -1


def test_the_simulators_stream(cameras):
    result = grab(cameras.web("gambar", "mjpeg", Mode.MJPEG), cameras.policy)
    assert (result.width, result.codec) == (640, "jpeg")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(PICTURE), FailureKind.NOT_A_JPEG),
        (reply(b"<html>", kind="text/html"), FailureKind.NOT_A_JPEG),
        (stream([b"<html>hello</html>"]), FailureKind.NOT_A_JPEG),
        (stream([PICTURE[:900]]), FailureKind.NOT_A_JPEG),
        (stream([b""]).replace(b"Content-Length: 0", b"Content-Length: 99999999"), FailureKind.TOO_LARGE),
        (stream([]) + b"x" * 100_000, FailureKind.TOO_LARGE),
        (stream([b"\xff\xd8" + b"x" * 7_000_000], length=False), FailureKind.TOO_LARGE),
    ],
)
def test_what_is_not_mjpeg_says_so(answer, kind):
    with Server(answer) as server, pytest.raises(GrabError) as caught:
        run(grab_mjpeg, spec_for(server.port))
    assert caught.value.kind is kind


def test_an_endless_part_is_cut_by_the_clock():
    def handler(conn, _request):
        conn.sendall(stream([PICTURE])[:-3000])
        time.sleep(5)

    with Server(handler) as server, pytest.raises(GrabError) as caught:
        run(grab_mjpeg, spec_for(server.port), 0.5)
    assert caught.value.kind is FailureKind.TIMEOUT
