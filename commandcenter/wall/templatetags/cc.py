"""Tags every page may use: icons, motif, texts and settings for the browser, states, ages."""

from __future__ import annotations

import time
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe

from commandcenter.city.shortcuts import Shortcut, shortcuts
from commandcenter.wall import motifs, sprite
from commandcenter.wall.browser_text import FAULT_WORDS, STATE_WORDS, TEXT
from commandcenter.wall.icon_names import SCRIPTED

register = template.Library()

STATE_ICONS = {
    "online": "ok", "fresh": "ok", "good": "ok", "cleared": "ok", "degraded": "late", "late": "late",
    "busy": "hourglass", "warn": "alert", "acknowledged": "check", "offline": "unplug", "open": "stop",
    "auth_failed": "key", "crit": "stop", "maintenance": "wrench", "paused": "pause", "expired": "hourglass",
    "info": "info",
}  # fmt: skip
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """``{% icon "cctv" %}``: an inline icon as large as the letters; ``label`` makes it speak."""
    body = mark_safe(sprite.icon_body(name))  # noqa: S308 (our own files, never a person's input)
    if label:
        return format_html(
            '<svg class="cc-icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', label, body
        )
    return format_html('<svg class="cc-icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', body)


@register.simple_tag
def icon_symbols() -> SafeString:
    """Hidden symbols for what the elements draw by themselves; base.html puts them in once."""
    chosen = {name: sprite.icon_body(name) for name in SCRIPTED}
    return mark_safe(f'<svg hidden aria-hidden="true">{sprite.symbols(chosen)}</svg>')  # noqa: S308 (our own)


# A header is a band of 1600 × 100: clouds are drawn smaller and lower there, so that they stand whole in it.
BANDS = {"mega-mendung": (0.62, 19.0), "ombak": (0.8, 0.0), "anyaman": (0.6, 0.0), "sarang-lebah": (0.8, 0.0)}


@register.simple_tag
def motif(kind: str = "", uid: str = "mt", tall: bool = False) -> SafeString:
    """The city's motif, coloured by --m0 … --m6; give a second one in a page its own ``uid``."""
    return mark_safe(_drawn(kind, uid, tall))  # noqa: S308 (generated; kind is looked up, uid is a template's)


@lru_cache(maxsize=32)
def _drawn(kind: str, uid: str, tall: bool) -> str:
    """Nine kilobytes of paths that take longer to reckon than most queries; they depend on nothing else."""
    scale, shift = (1.4, 0.0) if tall else BANDS.get(kind, (1.0, 0.0))
    height = 900 if tall else 100
    return motifs.motif_svg(
        kind or "polos", None, width=1600, height=height, scale=scale, shift=shift, uid=uid
    )


@register.simple_tag(takes_context=True)
def theme_name(context: Context) -> str:
    """``dark`` (default) or ``light``: as the display is set (``theme``), else as the visitor chose."""
    if context.get("theme") in {"dark", "light"}:
        return str(context["theme"])
    request: HttpRequest | None = context.get("request")
    return "light" if request is not None and request.COOKIES.get("cc-theme") == "light" else "dark"


@register.simple_tag
def vendor(path: str) -> str:
    """URL of a browser library's file, or "" where set-up could not bring it."""
    name = f"vendor/{path}"
    if settings.DEBUG or settings.TESTING:
        return staticfiles_storage.url(name) if finders.find(name) else ""
    hashed = getattr(staticfiles_storage, "hashed_files", {})
    return staticfiles_storage.url(name) if not hashed or name in hashed else ""


def browser_conf(build: str = "") -> dict[str, Any]:
    """What the browser must know: server time in ms, zone, language, where the map library is."""
    zone = settings.TIME_ZONE
    return {
        "now": int(time.time() * 1000),
        "zone": zone,
        "zoneName": ZONE_NAMES.get(zone, ""),
        "lang": translation.get_language() or "id",
        "build": build,
        "leafletJs": vendor("leaflet/leaflet.js"),
        "leafletCss": vendor("leaflet/leaflet.css"),
        "uplotJs": vendor("uplot/uPlot.iife.min.js"),
        "uplotCss": vendor("uplot/uPlot.min.css"),
        "tiles": settings.MAP_TILES_URL,
    }


@register.simple_tag(takes_context=True)
def cc_conf(context: Context) -> SafeString:
    """JSON blocks ``cc-conf`` and ``cc-text``; data, not script, so the strict CSP lets them be."""
    conf = browser_conf(str(context.get("build", "")))
    return mark_safe(json_script(conf, "cc-conf") + _texts(translation.get_language() or "id"))  # noqa: S308 (escaped)


@lru_cache(maxsize=8)
def _texts(_language: str) -> str:
    """The words for the browser in the active language; they are part of the code."""
    text = {key: str(value) for key, value in TEXT.items()}
    text |= {f"state_{key}": str(value) for key, value in STATE_WORDS.items()}
    text |= {f"fault_{key}": str(value) for key, value in FAULT_WORDS.items()}
    return json_script(text, "cc-text")


@register.filter
def state_word(state: str) -> str:
    """The word shown for a camera's or a tile's state, or for a fault of its picture."""
    return str(STATE_WORDS.get(state) or FAULT_WORDS.get(state) or state)


@register.simple_tag
def state_chip(state: str, label: str = "", solid: bool = False) -> SafeString:
    """Shape, word and colour of a state in one chip."""
    return format_html(
        '<span class="cc-chip" data-state="{}"{}>{}<span>{}</span></span>',
        state,
        mark_safe(" data-solid") if solid else "",
        icon(STATE_ICONS.get(state, "info")),
        label or state_word(state),
    )


@register.simple_tag
def state_icon(state: str) -> SafeString:
    """The icon of a state; its colour comes from the ``data-state`` around it."""
    return icon(STATE_ICONS.get(state, "info"))


@register.simple_tag
def age(at: datetime | None, camera: int | None = None) -> SafeString:
    """An age that ticks by server time; without JavaScript it is the time itself.

    With ``camera`` it follows that camera's newest picture while the page shows one.
    """
    if at is None:
        return format_html('<span class="cc-muted">{}</span>', STATE_WORDS["never"])
    local = timezone.localtime(at)
    iso = at.isoformat(timespec="milliseconds")
    follows = format_html(' camera="{}"', camera) if camera else ""
    return format_html(
        '<cc-age at="{}"{}><time datetime="{}">{}</time></cc-age>',
        iso, follows, iso, local.strftime("%H.%M.%S"),
    )  # fmt: skip


@register.filter
def when(moment: datetime | None) -> str:
    """``09.14`` today, ``21 Nov`` on any other day: a list of changes must not mix two days."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return local.strftime("%H.%M")
    return date_format(local, "j M")


@register.simple_tag
def shortcut_list() -> list[Shortcut]:
    """Keyboard shortcuts of all apps, for the sheet behind ``?``."""
    return list(shortcuts.all())


@register.simple_tag
def zone_name() -> str:
    """WIB, WITA or WIT."""
    return ZONE_NAMES.get(settings.TIME_ZONE, "")


@register.simple_tag
def house_styles() -> SafeString:
    """The style sheets of every page of the house, with the addresses that this version's files have."""
    return mark_safe(_styles(static("cc/css/base.css")))  # noqa: S308 (a template's text)


@lru_cache(maxsize=4)
def _styles(_version: str) -> str:
    return str(get_template("parts/styles.html").render())


@register.simple_tag
def keys_sheet() -> SafeString:
    """The sheet behind ``?``, closed, as every page carries it."""
    known = tuple(one.key for one in shortcuts.all())
    return mark_safe(_sheet_of_keys(translation.get_language() or "id", known))  # noqa: S308 (a template's text)


@lru_cache(maxsize=8)
def _sheet_of_keys(_language: str, _known: tuple[str, ...]) -> str:
    return str(get_template("parts/keys.html").render())


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's query string with some keys changed; None or "" drops a key."""
    request: HttpRequest | None = context.get("request")
    params = request.GET.copy() if request is not None else None
    if params is None:
        return ""
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    encoded = params.urlencode()
    return f"?{encoded}" if encoded else "?"
