"""Redis names of the capture, all through :func:`commandcenter.keys.key`."""

from __future__ import annotations

from datetime import datetime

from commandcenter.keys import key

SOURCE = "cctv"
SOURCE_CODE = 1
SNAP_SECONDS = 86_400


def snap(camera: int) -> str:
    """The newest picture frame of a camera."""
    return key("snap", SOURCE, camera)


def channel(camera: int) -> str:
    """Where new frames of a camera are published."""
    return key("pic", SOURCE, camera)


def demand(level: str) -> str:
    """ZSET camera -> expiry (epoch s) of one demand level."""
    return key("demand", SOURCE, level)


def state(camera: int) -> str:
    """The camera's memory, JSON."""
    return key("cctv", "state", camera)


def health(camera: int) -> str:
    """The picture health's memory, bytes."""
    return key("cctv", "health", camera)


def accepted(camera: int) -> str:
    """A person's word that the camera's view of now is the right one."""
    return key("cctv", "accepted", camera)


def tidied() -> str:
    """HASH camera -> hour (epoch s) up to which its history is thinned."""
    return key("cctv", "tidied")


def budgets() -> str:
    """What is left of the month's data by camera, JSON."""
    return key("cctv", "budgets")


def puller(camera: int) -> str:
    """Who holds the camera's connection; expires by itself."""
    return key("cctv", "puller", camera)


def lent() -> str:
    """ZSET camera -> expiry (epoch s): held cameras whose shard must step aside for a test."""
    return key("cctv", "lent")


def hour(camera: int, at: datetime) -> str:
    """HASH of one camera's sums in one UTC hour."""
    return key("cctv", "hour", camera, f"{at:%Y%m%d%H}")


def due() -> str:
    """ZSET camera -> next attempt (epoch s)."""
    return key("cctv", "due")


def outcomes() -> str:
    """HASH camera -> last outcome, for the fleet guard."""
    return key("cctv", "outcomes")


def failures() -> str:
    """ZSET of the last minute's failures, ``camera:epoch:kind`` by time."""
    return key("cctv", "failures")


def news() -> str:
    """LIST of transitions and notices not yet in the database."""
    return key("cctv", "news")


def revisions() -> str:
    """HASH camera -> configuration revisions the memory has heard of."""
    return key("cctv", "revisions")


def guard() -> str:
    """The fleet guard's memory, JSON."""
    return key("cctv", "guard")


def shards() -> str:
    """ZSET hold shard -> expiry (epoch s) of its registration."""
    return key("cctv", "shards")


def shard_reports() -> str:
    """HASH hold shard -> what it holds, JSON."""
    return key("cctv", "shard_reports")


def lock(what: str, *parts: object) -> str:
    """A short lock."""
    return key("cctv", "lock", what, *parts)


def slot(camera: int, minute: int) -> str:
    """Claim of one history minute."""
    return key("cctv", "slot", camera, minute)
