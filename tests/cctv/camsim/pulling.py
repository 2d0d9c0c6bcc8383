"""A real client for the tests: PyAV, opened as a grabber would open it."""

from __future__ import annotations

import time

import av
import numpy as np

from cctv.camsim.strip import MODULUS, read_tenths

QUICK = {"probesize": "32", "analyzeduration": "0"}


def open_stream(url: str, transport: str = "tcp", wait: float = 3.0):
    options = QUICK | {"rtsp_transport": transport} if url.startswith("rtsp") else dict(QUICK)
    return av.open(url, options=options, timeout=(wait, wait))


def grab(url: str, frames: int = 1, transport: str = "tcp", wait: float = 3.0) -> list[np.ndarray]:
    """The first pictures as (h, w) gray."""
    pictures = []
    with open_stream(url, transport, wait) as container:
        for frame in container.decode(video=0):
            pictures.append(frame.to_ndarray(format="gray"))
            if len(pictures) == frames:
                break
    return pictures


def tenths_late(gray: np.ndarray) -> float:
    """How many tenths of a second the picture's own clock is behind the wall clock."""
    shown = read_tenths(gray)
    assert shown is not None, "no readable strip"
    return (time.time() % 60 * 10 - shown) % MODULUS
