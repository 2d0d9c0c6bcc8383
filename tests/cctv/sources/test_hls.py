"""HLS: the last keyframe of the newest segment, and no address that was not checked."""

import io

import av
import numpy as np
import pytest

from cctv.capture.failures import FailureKind, GrabError
from cctv.capture.grab import grab
from cctv.capture.sources.base import Mode
from tests.cctv.sources.rig import Server, header, policy_for, reply, spec_for


def segment(shade, kind="mpegts", frames=12, gop=6):
    """A short film whose grey rises by one a frame, starting at `shade`."""
    out = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"} if kind == "mp4" else {}
    with av.open(out, "w", format=kind, options=options) as box:
        stream = box.add_stream("libx264", rate=6, options={"g": str(gop), "bf": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for i in range(frames):
            image = np.full((180, 320, 3), shade + 5 * i, np.uint8)
            box.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        box.mux(stream.encode(None))
    return out.getvalue()


OLD, NEW = segment(20), segment(100)
MEDIA = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nold.ts\n#EXTINF:2,\nsub/new.ts\n"
MASTER = (
    "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1920x1080\nbig.m3u8\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=500000,RESOLUTION=640x360\nlive.m3u8\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=90000,RESOLUTION=160x90\nsmall.m3u8\n"
)
TYPE = "application/vnd.apple.mpegurl"


def site(**pages):
    """A web server with these pages (name with _ for .)."""
    table = {n.replace("_", "."): b if isinstance(b, bytes) else b.encode() for n, b in pages.items()}

    def handler(conn, request):
        name = request.split()[1].decode().lstrip("/").replace("sub/", "")
        body = table.get(name)
        conn.sendall(reply(b"no", "404 No") if body is None else reply(body))

    return Server(handler)


def hls(server, path="/cam.m3u8", policy=None, **more):
    return grab(spec_for(server.port, path, mode=Mode.HLS, **more), policy or policy_for(server.port))


def failure(server, policy=None):
    with pytest.raises(GrabError) as caught:
        hls(server, policy=policy)
    return caught.value.kind


def test_master_media_segment_and_its_last_keyframe():
    with site(cam_m3u8=MASTER, live_m3u8=MEDIA, old_ts=OLD, new_ts=NEW) as server:
        result = hls(server)
        paths = [r.split()[1].decode() for r in server.requests]
    assert paths == ["/cam.m3u8", "/live.m3u8", "/sub/new.ts"]
    assert (result.width, result.height, result.codec) == (320, 180, "h264")
    # The seventh frame is the last keyframe: grey 100 + 6 × 5.
    assert abs(int(result.gray_small.mean()) - 130) < 5
    assert result.bytes_in > len(NEW)


def test_fragmented_mp4():
    data = segment(60, "mp4")
    cut = data.index(b"moof") - 4
    media = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:2,\na.m4s\n'
    with site(cam_m3u8=media, init_mp4=data[:cut], a_m4s=data[cut:]) as server:
        assert hls(server).width == 320


def test_a_playlist_cannot_lead_us_elsewhere():
    with site(secret=NEW) as inner:
        for uri in (f"http://127.0.0.1:{inner.port}/secret", f"//127.0.0.1:{inner.port}/secret"):
            for page in (f"#EXTM3U\n#EXTINF:2,\n{uri}\n", f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{uri}\n"):
                with site(cam_m3u8=page) as server:
                    assert failure(server) is FailureKind.ADDRESS_REFUSED
        with site(cam_m3u8="#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n") as server:
            assert failure(server) is FailureKind.ADDRESS_REFUSED
        assert inner.connections == 0


def test_credentials_stay_on_the_cameras_own_host():
    def asks(conn, request):
        if header(request, "Authorization"):
            conn.sendall(reply(f"#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:{other.port}/new.ts\n".encode()))
        else:
            conn.sendall(reply(b"", "401 No", WWW_Authenticate='Basic realm="x"'))

    def asks_too(conn, _request):
        conn.sendall(reply(b"", "401 No", WWW_Authenticate='Basic realm="x"'))

    with Server(asks_too) as other, Server(asks) as server:
        spec = spec_for(server.port, "/cam.m3u8", mode=Mode.HLS, user="admin", password="rahasia")
        with pytest.raises(GrabError) as caught:
            grab(spec, policy_for(server.port, other.port))
        assert caught.value.kind is FailureKind.UNAUTHORIZED
        assert [header(r, "Authorization") for r in other.requests] == [""]


@pytest.mark.parametrize(
    "pages",
    [
        {"cam_m3u8": "<html>login</html>"},
        {"cam_m3u8": "#EXTM3U\n"},
        {"cam_m3u8": MASTER, "live_m3u8": MASTER},
        {"cam_m3u8": '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:2,\nnew.ts\n', "new_ts": NEW},
        {"cam_m3u8": MEDIA, "new_ts": MEDIA},
        {"cam_m3u8": MEDIA, "new_ts": b"\x47" + b"rubbish" * 1000},
        {"cam_m3u8": MEDIA, "new_ts": b"\x00\x00\x00\x18ftypmp42" + b"rubbish" * 1000},
        {"cam_m3u8": "#EXTM3U\n#EXTINF:abc,\n#EXT-X-BYTERANGE:x@y\nnew.ts\n", "new_ts": b""},
    ],
)
def test_broken_playlists_and_segments_are_bad_streams(pages):
    with site(**pages) as server:
        assert failure(server) is FailureKind.BAD_STREAM


def test_a_missing_segment_is_not_found():
    with site(cam_m3u8=MEDIA) as server:
        assert failure(server) is FailureKind.NOT_FOUND


def test_the_simulators_stream(cameras):
    result = grab(cameras.web("pasar", "hls/index.m3u8", Mode.HLS), cameras.policy)
    assert (result.width, result.height, result.codec) == (640, 360, "h264")
