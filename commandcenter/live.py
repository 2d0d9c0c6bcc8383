"""The only publisher of events, and the only module that touches the channel layer.

An event says *which thing* changed (topic, id, revision), never what it now is: the page
reads that over HTTP with its own viewer's rights. A topic carries its scope, so a socket
only joins groups whose every event its viewer may hear.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

log = logging.getLogger(__name__)
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Topic:
    """``scopes(viewer)`` answers which of the topic's scopes that viewer may hear."""

    key: str
    scopes: Callable[[Any], Iterable[str]]


_topics: dict[str, Topic] = {}


def register_topic(topic: Topic) -> None:
    """Makes a topic joinable; a second registration under one key is a programming error."""
    if topic.key in _topics:
        raise RuntimeError(f"live topic {topic.key!r} is registered twice")
    _topics[topic.key] = topic


def topics() -> dict[str, Topic]:
    """All registered topics by key."""
    return dict(_topics)


def group_name(topic: str, scope: str) -> str:
    """The channel-layer group of one scope of a topic (ASCII, under 100 characters)."""
    return _UNSAFE.sub("_", f"live.{topic}.{scope}")[:99]


def groups_for(viewer: Any, wanted: Iterable[str]) -> list[str]:
    """Groups that ``viewer`` may join among the ``wanted`` topics; unknown topics give none."""
    return [
        group_name(key, scope)
        for key in wanted
        if key in _topics
        for scope in sorted(_topics[key].scopes(viewer))
    ]


def publish(topic: str, *, id: int, rev: int, scopes: Iterable[str] = ("all",)) -> None:
    """Announces after commit that ``id`` of ``topic`` is now at revision ``rev``.

    Never raises to the caller: a lost event is caught up by the page's own polling.
    """
    message = {"type": "live.event", "topic": topic, "id": id, "rev": rev}
    groups = [group_name(topic, scope) for scope in dict.fromkeys(scopes)]

    # A named inner function: Django 5.2 crashes while logging a failed partial.
    def send_event() -> None:
        _send(groups, message)

    transaction.on_commit(send_event, robust=True)


def _send(groups: list[str], message: dict[str, Any]) -> None:
    async def send_all() -> None:
        layer = get_channel_layer()
        for group in groups:
            await layer.group_send(group, message)

    try:
        async_to_sync(send_all)()
    except Exception as error:
        log.warning(
            "event %s of %s was not published: %s", message["id"], message["topic"], type(error).__name__
        )


def request(channel: str, payload: dict[str, Any]) -> None:
    """Hands ``payload`` to a named long-running process over the layer, at once and without an answer."""

    async def send_one() -> None:
        await get_channel_layer().send(channel, {"type": "live.request", **payload})

    async_to_sync(send_one)()


def layer() -> Any:
    """The channel layer, for the consumers that join groups."""
    return get_channel_layer()
