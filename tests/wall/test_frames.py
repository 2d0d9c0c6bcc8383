import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandcenter.wall.frames import (
    Frame,
    FrameError,
    Quality,
    ack_key,
    captured_ms_of,
    pack,
    subject_of,
    unpack,
)

frames = st.builds(
    Frame,
    source=st.integers(0, 255),
    subject=st.integers(0, 2**63),
    captured_ms=st.integers(0, 2**43),
    seq=st.integers(0, 2**32 - 1),
    width=st.integers(0, 65535),
    height=st.integers(0, 65535),
    jpeg=st.binary(max_size=100),
    interval_s=st.integers(0, 65535),
    quality=st.integers(0, 31).map(Quality),
)


@given(frames)
def test_a_frame_comes_back_as_it_went(frame: Frame) -> None:
    data = pack(frame)
    assert unpack(data) == frame
    assert len(data) == 32 + len(frame.jpeg)
    assert subject_of(data) == (frame.source, frame.subject)
    assert captured_ms_of(data) == frame.captured_ms
    assert ack_key(data) == (frame.subject, frame.seq)


def test_the_header_is_the_documented_one() -> None:
    data = pack(Frame(1, 12, 1_795_000_000_123, 7, 640, 360, b"J", 10, Quality.FROZEN | Quality.BLACK))
    assert data.hex() == "434350310103000a000000000000000c000001a1ee565e7b00000007028001684a"


@given(st.binary(max_size=60).filter(lambda data: data[:4] != b"CCP1"))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        unpack(data)
    with pytest.raises(FrameError):
        subject_of(data)
