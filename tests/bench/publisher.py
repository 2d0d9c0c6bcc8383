"""Plays the workers for ``bench hub``: publishes frames at a wall's cadence. Reads its job from stdin."""

from __future__ import annotations

import json
import os
import sys
import time

import redis

from commandcenter.runtime.process import die_with_parent
from commandcenter.wall.frames import Frame, pack


def main() -> None:
    """Publish until killed; ends with its parent."""
    die_with_parent()
    job = json.load(sys.stdin)
    client = redis.Redis.from_url(job["redis"])
    picture = os.urandom(job["bytes"])
    cameras = [(int(id), snap, channel) for id, (snap, channel) in job["cameras"].items()]
    step = job["interval"] / len(cameras)
    due, seq = time.monotonic(), 0
    while True:
        for id, snap, channel in cameras:
            seq += 1
            frame = pack(Frame(1, id, int(time.time() * 1000), seq, 640, 360, picture, int(job["interval"])))
            pipe = client.pipeline(transaction=False)
            pipe.set(snap, frame, ex=86_400)
            pipe.publish(channel, frame)
            pipe.execute()
            due += step
            time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
