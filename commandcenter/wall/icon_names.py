"""The icons our pages use: our word, then the file of the same drawing in Lucide (ISC)."""

from __future__ import annotations

# "ours=theirs", or one word where both are the same.
_NAMES = """
    cctv camera camera-off video video-off image image-off map map-pin locate compass ruler bell
    bell-ring bell-off alert=triangle-alert alert-circle=circle-alert stop=octagon-alert siren
    ok=circle-check check info help=circle-help ban wrench pause=circle-pause play hourglass
    late=clock-alert search menu close=x plus minus edit=pencil trash=trash-2 download upload
    sheet=file-spreadsheet file=file-text print=printer filter=list-filter bookmark star user users
    user-cog logout=log-out login=log-in key=key-round lock shield shield-alert agency=building-2
    market=store city=landmark home=house desk=layout-dashboard grid=layout-grid display=monitor
    display-ok=monitor-check display-off=monitor-off tv tablet phone-device=smartphone
    sound=volume-2 sound-off=volume-x sun moon language=languages keyboard clock history calendar
    calendar-days activity gauge up=trending-up down=trending-down arrow-up arrow-down arrow-right
    arrow-left left=chevron-left right=chevron-right more=chevron-down external=external-link
    refresh=refresh-cw wifi unplug plug=plug-zap frozen=snowflake eye covered=eye-off moved=move
    dark=moon-star blurred=cloud-fog phone mail message=message-square flag list tasks=list-checks
    table settings sliders=sliders-horizontal copy archive database server disk=hard-drive
    tower=radio-tower maximize hand link package tag megaphone book=book-open support=life-buoy
    drop=droplets swap=arrow-left-right playlist=list-video palette test=clipboard-check
"""
LUCIDE: dict[str, str] = {
    ours: theirs or ours for ours, _, theirs in (word.partition("=") for word in _NAMES.split())
}

# Drawn by us on the same 24 × 24 grid, so that the states stay readable without npm's files.
OWN: dict[str, str] = {
    "cctv": '<path d="M3 7l13-3 2 6-13 4zM18 10l3-1M7 13v5H3"/>',
    "alert": '<path d="M12 4L2.5 20h19zM12 10v5M12 17.6v.1"/>',
    "alert-circle": '<circle cx="12" cy="12" r="9"/><path d="M12 7v6M12 16.4v.1"/>',
    "stop": '<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16.4v.1"/>',
    "ok": '<circle cx="12" cy="12" r="9"/><path d="M8 12.5l3 3 5-6"/>',
    "check": '<path d="M5 12.5l5 5 9-11"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.6v.1"/>',
    "wrench": '<path d="M4 20l8-8a5 5 0 0 1 6-7l-3 3 1 2 2 1 3-3a5 5 0 0 1-7 6l-8 8z"/>',
    "pause": '<circle cx="12" cy="12" r="9"/><path d="M10 9v6M14 9v6"/>',
    "hourglass": '<path d="M6 3h12M6 21h12M7 3c0 6 10 12 10 18M17 3c0 6-10 12-10 18"/>',
    "late": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>',
    "search": '<circle cx="11" cy="11" r="7"/><path d="M16 16l5 5"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h16"/>',
    "close": '<path d="M5 5l14 14M19 5L5 19"/>',
    "unplug": '<path d="M9 15l-5 5M15 9l5-5M8 11l5 5-2 2a3 3 0 0 1-5-5zM16 13l-5-5 2-2a3 3 0 0 1 5 5z"/>',
    "key": '<circle cx="8" cy="16" r="4"/><path d="M11 13l9-9M17 7l3 3"/>',
    "frozen": '<path d="M12 2v20M3.5 7l17 10M20.5 7l-17 10"/>',
    "dark": '<path d="M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z"/>',
    "covered": '<path d="M3 12s3-6 9-6 9 6 9 6-3 6-9 6-9-6-9-6zM4 20L20 4"/>',
    "blurred": '<path d="M4 8h10M17 8h3M4 12h3M10 12h10M4 16h12M19 16h1"/>',
    "moved": '<path d="M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3"/>',
    "sound": '<path d="M4 9v6h4l5 5V4L8 9zM17 8a6 6 0 0 1 0 8"/>',
    "sound-off": '<path d="M4 9v6h4l5 5V4L8 9zM17 9l5 6M22 9l-5 6"/>',
    "display": '<path d="M3 4h18v12H3zM12 16v4M8 20h8"/>',
    "image-off": '<path d="M4 4h16v16H4zM4 4l16 16M4 16l4-4"/>',
    "map-pin": '<path d="M12 21s7-6 7-11a7 7 0 0 0-14 0c0 5 7 11 7 11z"/><circle cx="12" cy="10" r="2.5"/>',
    "up": '<path d="M4 17l6-6 4 4 6-8"/>',
    "down": '<path d="M4 7l6 6 4-4 6 8"/>',
}
GENERIC = '<circle cx="12" cy="12" r="3"/>'
# What the elements in static/cc/*.js draw by themselves: put once into each page as hidden symbols.
SCRIPTED = (
    "alert", "stop", "ok", "info", "wrench", "pause", "hourglass", "late", "unplug", "key", "frozen", "dark",
    "covered", "blurred", "moved", "sound", "sound-off", "display", "image-off", "cctv", "close", "clock",
)  # fmt: skip
