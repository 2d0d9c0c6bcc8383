"""Keyframes out of RTP, and the RTSP conversation, packet by packet (no network)."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctv.capture.address import Target
from cctv.capture.failures import GrabError
from cctv.capture.sources.rtp import KeyframeReader
from cctv.capture.sources.rtsp import Conversation
from cctv.capture.sources.sdp import START_CODE, VideoTrack, parse_sdp
from cctv.capture.sources.wire import Reorder

SPS, PPS, IDR, P = b"\x67sps", b"\x68pps", b"\x65" + bytes(range(200)) * 4, b"\x41" + b"p" * 50
H264 = VideoTrack("h264", 96, 90000, "t", "", (SPS, PPS), None)
WANTED = START_CODE + SPS + START_CODE + PPS + START_CODE + IDR


class Sender:
    """Makes RTP packets with running sequence numbers."""

    def __init__(self, seq=65_530, payload_type=96):
        self.seq = seq
        self.payload_type = payload_type

    def packet(self, payload, time, marker=False, first=0x80, extra=b""):
        head = bytes((first, self.payload_type | 0x80 * marker)) + self.seq.to_bytes(2, "big")
        self.seq = (self.seq + 1) & 0xFFFF
        return head + time.to_bytes(4, "big") + b"ssrc" + extra + payload

    def frame(self, unit, time, size=100, marker=True):
        """A unit whole, or as FU-A fragments of `size` bytes."""
        if len(unit) <= size:
            return [self.packet(unit, time, marker)]
        body, out = unit[1:], []
        parts = [body[i : i + size] for i in range(0, len(body), size)]
        for i, part in enumerate(parts):
            flags = (0x80 if i == 0 else 0) | (0x40 if i == len(parts) - 1 else 0)
            head = bytes((unit[0] & 0xE0 | 28, flags | unit[0] & 31))
            out.append(self.packet(head + part, time, marker and i == len(parts) - 1))
        return out


def read(packets, track=H264):
    reader = KeyframeReader(track)
    for p in packets:
        reader.push(p, 0, len(p))
    return reader


@pytest.mark.parametrize("size", [100, 5000])
def test_a_keyframe_with_parameter_sets_from_the_description(size):
    s = Sender()
    reader = read(s.frame(P, 1) + s.frame(IDR, 2, size) + s.frame(P, 3))
    assert reader.keyframe.data == WANTED
    assert (reader.keyframe.rtp_time, reader.keyframes, reader.frames, reader.lost) == (2, 1, 3, 0)


def test_parameter_sets_in_the_stream_replace_the_old_ones():
    s = Sender()
    new = b"\x67newer"
    stap = s.packet(b"\x18" + b"".join(len(u).to_bytes(2, "big") + u for u in (new, PPS)), 9)
    reader = read([stap, *s.frame(IDR, 9)])
    assert reader.keyframe.data == WANTED.replace(SPS, new)


def test_no_picture_without_parameter_sets():
    s = Sender()
    assert read(s.frame(IDR, 1), VideoTrack("h264", 96, 90000, "t", "", (), None)).keyframe is None


def test_a_keyframe_without_marker_ends_with_the_next_picture():
    s = Sender()
    assert read(s.frame(IDR, 2, marker=False) + s.frame(P, 3)).keyframe.data == WANTED


def test_a_lost_packet_drops_the_keyframe_and_only_that_one():
    s = Sender()
    broken = s.frame(IDR, 2)
    del broken[3]
    reader = read(broken + s.frame(P, 3) + s.frame(IDR, 4))
    assert (reader.keyframes, reader.lost, reader.keyframe.rtp_time) == (1, 1, 4)


def test_a_missing_first_fragment_drops_it_too():
    s = Sender()
    assert read(s.frame(IDR, 2)[1:]).keyframe is None


def test_access_unit_delimiters_and_fillers_between_are_no_loss():
    s = Sender()
    packets = [s.packet(b"\x09\xf0x", 2), s.packet(SPS, 2), s.packet(b"\x0cfill", 2), s.packet(PPS, 2)]
    reader = read(packets + s.frame(IDR, 2))
    assert reader.keyframe.data == WANTED


def test_header_extension_sources_and_padding_are_understood():
    s = Sender()
    extension = b"\xbe\xde\x00\x01abcd"
    packet = s.packet(IDR + b"\x00\x00\x03", 2, True, 0x80 | 0x20 | 0x10 | 1, b"csrc" + extension)
    assert read([packet]).keyframe.data == WANTED


def test_an_intra_picture_behind_a_recovery_point_counts_as_keyframe():
    s = Sender()
    intra = b"\x41" + b"i" * 300
    sei = s.packet(b"\x06\x06\x01\xc4\x80", 5)
    reader = read([sei, *s.frame(intra, 5), *s.frame(P, 6)])
    assert reader.keyframe.data.endswith(START_CODE + intra)
    assert reader.keyframes == 1


def test_other_payload_types_are_ignored():
    s = Sender(payload_type=107)
    assert read(s.frame(IDR, 2)).packets == 0


def test_hevc_fragments_and_aggregates():
    vps, sps, pps = b"\x40\x01v", b"\x42\x01s", b"\x44\x01p"
    idr = b"\x26\x01" + b"k" * 500
    s = Sender()
    together = b"\x60\x01" + b"".join(len(u).to_bytes(2, "big") + u for u in (vps, sps, pps))
    packets = [s.packet(together, 1)]
    body = idr[2:]
    for i in range(0, 500, 100):
        flags = (0x80 if i == 0 else 0) | (0x40 if i == 400 else 0)
        packets.append(s.packet(bytes((0x62, 1, flags | 19)) + body[i : i + 100], 1, i == 400))
    track = VideoTrack("hevc", 96, 90000, "t", "", (), None)
    assert read(packets, track).keyframe.data == b"".join(START_CODE + u for u in (vps, sps, pps, idr))


@given(st.lists(st.binary(max_size=60), max_size=30), st.sampled_from(["h264", "hevc"]))
def test_rubbish_packets_never_crash_the_reader(blobs, codec):
    track = VideoTrack(codec, 96, 90000, "t", "", (SPS, PPS), None)
    s = Sender()
    read([s.packet(b, i // 3, i % 3 == 2) for i, b in enumerate(blobs)] + blobs, track)
    read([bytes((b[0] | 0x80, 96)) + b[2:] for b in blobs if len(b) > 2], track)


@given(st.permutations(range(12)), st.integers(0, 0xFFFF))
def test_packets_come_out_in_order(order, start):
    s = Sender(start)
    packets = [s.packet(bytes((i,)), 1) for i in range(12)]
    reorder = Reorder()
    got = reorder.add(packets[0])
    for i in order:
        got += reorder.add(packets[i])
    assert got == packets


def test_a_hole_is_given_up():
    s = Sender(65_000)
    packets = [s.packet(b"x", i) for i in range(60)]
    reorder = Reorder()
    got = [p for i, p in enumerate(packets) if i != 5 for p in reorder.add(p)]
    assert got == packets[:5] + packets[6:]


def test_a_camera_that_counts_anew_is_heard_again():
    s, other = Sender(40_000), Sender(10)
    reorder = Reorder()
    for i in range(5):
        reorder.add(s.packet(b"x", i))
    got = [p for i in range(200) for p in reorder.add(other.packet(b"y", i))]
    assert len(got) > 100


SDP = (
    "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=x\r\na=control:*\r\n"
    "m=audio 0 RTP/AVP 0\r\na=control:track1\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={base64.b64encode(SPS).decode()},"
    f"{base64.b64encode(PPS).decode().rstrip('=')}\r\na=framerate:12.5\r\na=control:track2\r\n"
)


def test_the_description_of_a_camera():
    assert parse_sdp(SDP.encode()) == VideoTrack("h264", 96, 90000, "track2", "*", (SPS, PPS), 12.5)


@given(st.binary(max_size=300))
def test_rubbish_descriptions_are_bad_streams(data):
    for body in (data, b"v=0\r\nm=video " + data, SDP.encode().replace(b"packetization", data)):
        try:
            parse_sdp(body)
        except GrabError as error:
            assert error.kind == "bad_stream"


TARGET = Target("rtsp", "10.0.0.9", "10.0.0.9", 554, "/live?ch=1")


def answer(cseq, extra="", body=""):
    return f"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n{extra}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def script():
    """Everything a camera says, from DESCRIBE to two pictures, with noise between."""
    s = Sender()
    base = "Content-Base: rtsp://10.0.0.9/live?ch=1/\r\n"
    stream = [
        answer(1, base, SDP),
        answer(2, "Session: abc;timeout=20\r\nTransport: RTP/AVP/TCP;interleaved=2-3\r\n"),
        b"$\x02\x00\x04late" + answer(3),
    ]
    packets = s.frame(P, 1) + s.frame(IDR, 2) + s.frame(P, 3) + s.frame(IDR, 4)
    stream += [b"$\x02" + len(p).to_bytes(2, "big") + p for p in packets]
    stream.insert(6, b"$\x03\x00\x08rtcprtcp")
    stream.insert(8, b"OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n")
    return stream


def test_a_conversation_from_describe_to_teardown():
    talk = Conversation(TARGET)
    sent = [talk.out()]
    for data in script():
        talk.feed(data)
        sent.append(talk.out())
    requests = [s.split(b" RTSP")[0] for s in sent if s]
    assert requests[:3] == [
        b"DESCRIBE rtsp://10.0.0.9/live?ch=1",
        b"SETUP rtsp://10.0.0.9/live?ch=1/track2",
        b"PLAY rtsp://10.0.0.9/live?ch=1/",
    ]
    assert talk.stage == "playing"
    assert talk.keep_alive_every == 10
    assert talk.reader.keyframes == 2
    assert talk.reader.keyframe.data == WANTED
    assert b"RTSP/1.0 200 OK\r\nCSeq: 7" in b"".join(sent)
    talk.keep_alive()
    assert talk.out().startswith(b"OPTIONS ")
    talk.feed(answer(4, "Public: OPTIONS, GET_PARAMETER\r\n"))
    talk.keep_alive()
    assert talk.out().startswith(b"GET_PARAMETER ")
    talk.close()
    assert b"TEARDOWN" in talk.out()
    assert not talk.farewell
    talk.feed(answer(6))
    assert talk.farewell


@given(st.lists(st.integers(1, 400), min_size=1, max_size=60))
def test_the_cut_of_the_bytes_does_not_matter(cuts):
    data = b"".join(script())
    talk = Conversation(TARGET)
    at, i = 0, 0
    while at < len(data):
        step = cuts[i % len(cuts)]
        talk.feed(data[at : at + step])
        at, i = at + step, i + 1
    assert (talk.stage, talk.reader.keyframes, talk.reader.lost) == ("playing", 2, 0)


@given(st.binary(max_size=500))
def test_rubbish_between_packets_is_skipped_or_refused(noise):
    talk = Conversation(TARGET)
    for data in [*script()[:3], noise, *script()[3:]]:
        try:
            talk.feed(data)
        except GrabError:
            return


@given(st.binary(max_size=500))
def test_rubbish_instead_of_an_answer_is_refused_or_awaited(noise):
    talk = Conversation(TARGET, "u", "p")
    try:
        talk.feed(noise)
        talk.feed(b"\r\n\r\n" + noise)
    except GrabError as error:
        assert error.kind.value
