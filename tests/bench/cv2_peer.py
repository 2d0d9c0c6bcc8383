"""The peer that opens a camera with OpenCV's defaults for every still. Job on stdin, JSON on stdout."""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import cv2

from commandcenter.runtime.process import die_with_parent


def still(url: str) -> int:
    """Bytes of one JPEG, 0 where none came."""
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
    try:
        good, picture = capture.read()
    finally:
        capture.release()
    if not good:
        return 0
    return len(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 75])[1])


def main() -> None:
    """Opens cameras round robin until the time is over; CPU is that of this process without its start."""
    die_with_parent()
    job = json.load(sys.stdin)
    cv2.setNumThreads(1)
    begun, turn = os.times(), count()
    end = time.monotonic() + job["seconds"]

    def work() -> list[int]:
        sizes = []
        while time.monotonic() < end:
            sizes.append(still(job["urls"][next(turn) % len(job["urls"])]))
        return sizes

    with ThreadPoolExecutor(16) as pool:
        workers = [pool.submit(work) for _ in range(16)]
        sizes = [size for worker in workers for size in worker.result() if size]
    now = os.times()
    used = now.user + now.system - begun.user - begun.system
    mean = sum(sizes) / max(1, len(sizes))
    print(json.dumps({"stills": len(sizes), "cpu": used, "bytes": mean}))


if __name__ == "__main__":
    main()
