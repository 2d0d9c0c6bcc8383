"""What the wall tells open pages."""

from __future__ import annotations

import time
from collections.abc import Iterable

from commandcenter import live
from commandcenter.city import rights
from commandcenter.wall.models import Display


def revision() -> int:
    """Rises with every call in a millisecond's distance; shared by all processes of one clock."""
    return time.time_ns() // 1_000_000


def announce_display(*ids: int) -> None:
    """These displays show something else now, or are something else."""
    for pk in ids:
        live.publish("wall.display", id=pk, rev=revision(), scopes=("all", f"display-{pk}"))


def announce_all_displays() -> None:
    """A scene or playlist changed: every paired screen asks again what it shows."""
    announce_display(*Display.objects.paired().values_list("pk", flat=True))


def announce_rights(display: Display) -> None:
    """What this display is or may see changed: its sockets ask again who they are, its picture links end."""
    rights.announce("display", display.pk)


def flash(ids: Iterable[int]) -> int:
    """Every one of these screens shows its name and answers with the returned number."""
    number = revision()
    for pk in ids:
        live.publish("wall.flash", id=pk, rev=number, scopes=(f"display-{pk}",))
    return number
