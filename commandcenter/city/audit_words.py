"""The audit trail's codes in words: ``camera.changed`` is "Camera: changed".

A code is a thing and what happened to it. Most things are models and lend their own name; what is no model
has a word here, or is named by the app above that writes it (:func:`name_thing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.apps import apps
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise

_things: dict[str, Word] = {
    "login": pgettext_lazy("audit", "login"),
    "password": pgettext_lazy("audit", "password"),
    "two_factor": pgettext_lazy("audit", "two-factor login"),
    "view_as": pgettext_lazy("audit", "view as role"),
    "profile": pgettext_lazy("audit", "own profile"),
    "export": pgettext_lazy("audit", "export"),
    "import": pgettext_lazy("audit", "import"),
    "areas": pgettext_lazy("audit", "areas"),
    "boundaries": pgettext_lazy("audit", "boundaries"),
    "token": _("API token"),
}
_happened: dict[str, Word] = {
    # What happens to many things.
    "added": pgettext_lazy("audit", "added"),
    "changed": pgettext_lazy("audit", "changed"),
    "confirmed": pgettext_lazy("audit", "confirmed"),
    "created": pgettext_lazy("audit", "made"),
    "deleted": pgettext_lazy("audit", "deleted"),
    "made": pgettext_lazy("audit", "made"),
    "noted": pgettext_lazy("audit", "noted"),
    "registered": pgettext_lazy("audit", "registered"),
    "renewed": pgettext_lazy("audit", "renewed"),
    "reset": pgettext_lazy("audit", "reset"),
    "revoked": pgettext_lazy("audit", "revoked"),
    "viewed": pgettext_lazy("audit", "looked at"),
    # Logins and people.
    "accepted": pgettext_lazy("audit", "accepted"),
    "code_failed": pgettext_lazy("audit", "wrong code"),
    "codes": pgettext_lazy("audit", "new recovery codes"),
    "done": pgettext_lazy("audit", "done"),
    "failed": pgettext_lazy("audit", "wrong password"),
    "issued": pgettext_lazy("audit", "issued"),
    "left": pgettext_lazy("audit", "left"),
    "link_made": pgettext_lazy("audit", "reset link made"),
    "locked": pgettext_lazy("audit", "locked after many tries"),
    "off": pgettext_lazy("audit", "switched off"),
    "on": pgettext_lazy("audit", "switched on"),
    "set": pgettext_lazy("audit", "set for somebody else"),
    "started": pgettext_lazy("audit", "started"),
    "switched_off": pgettext_lazy("audit", "switched off"),
    "unlocked": pgettext_lazy("audit", "unlocked"),
    # Tables.
    "imported": pgettext_lazy("audit", "imported"),
    "seeded": pgettext_lazy("audit", "filled in"),
    "agencies": pgettext_lazy("audit", "agencies"),
    "alarms": pgettext_lazy("audit", "alarms"),
    "audit": pgettext_lazy("audit", "audit trail"),
    "cameras": pgettext_lazy("audit", "cameras"),
    "trial": pgettext_lazy("audit", "trial evaluation"),
}


def name_thing(code: str, word: Word) -> None:
    """The word for the first half of an app's codes, where it is no model of its own."""
    _things[code] = word


def name_deeds(words: Mapping[str, Word]) -> None:
    """Words for what happens to an app's things: the second half of its codes."""
    _happened.update(words)


@lru_cache(maxsize=1)
def _models() -> dict[str, Word]:
    return {str(model._meta.model_name): model._meta.verbose_name or "" for model in apps.get_models()}


def is_named(code: str) -> bool:
    """Whether both halves of a code have words."""
    thing, _dot, deed = code.partition(".")
    return deed in _happened and (thing in _things or thing in _models())


def in_words(code: str) -> str:
    """``display.paired`` -> "Display: paired", in the page's language; an unknown half stays as it is."""
    thing, _dot, deed = code.partition(".")
    word = _things.get(thing) or _models().get(thing) or thing.replace("_", " ")
    return f"{capfirst(str(word))}: {_happened.get(deed) or deed.replace('_', ' ')}"


def matching(text: str) -> Q:
    """Rows whose action reads or is coded as ``text``, whole or in part."""
    wanted = text.strip().casefold()
    found = Q(action__icontains=wanted)
    for code, word in {**_models(), **_things}.items():
        if wanted in str(word).casefold():
            found |= Q(action__startswith=f"{code}.")
    for code, word in _happened.items():
        if wanted in str(word).casefold():
            found |= Q(action__endswith=f".{code}")
    if ": " in wanted:
        thing, deed = wanted.split(": ", 1)
        found |= matching(thing) & matching(deed)
    return found
