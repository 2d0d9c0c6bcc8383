"""Keyboard shortcuts, gathered for the sheet behind ``?`` and ``/shortcuts/``."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commandcenter.city.registry import Registry

EVERYWHERE = _("Everywhere")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """``keys`` as pressed one after the other, separated by blanks."""

    key: str
    keys: str
    label: str | Promise
    group: str | Promise = EVERYWHERE
    order: int = 100

    @property
    def parts(self) -> list[str]:
        """Each key on its own."""
        return self.keys.split()


shortcuts: Registry[Shortcut] = Registry("shortcut")
register = shortcuts.register

for _number, (_keys, _label) in enumerate(
    [
        ("/", _("Search")),
        ("?", _("This sheet")),
        ("g h", _("Home")),
        ("g c", _("Cameras")),
        ("g a", _("Alarms")),
        ("g w", _("Displays")),
        ("j", _("Next row")),
        ("k", _("Previous row")),
        ("Enter", _("Open the marked row")),
        ("t", _("Light or dark")),
        ("Esc", _("Close what is open")),
    ]
):
    register(Shortcut(key=f"page.{_keys}", keys=_keys, label=_label, order=_number))
