"""The words of picture faults, for every screen (reasons: `cctv.engine.reasons`)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

FAULTS: dict[str, Any] = {
    "frozen": _("frozen"),
    "black": _("black"),
    "covered": _("covered"),
    "blurred": _("blurred"),
    "moved": _("moved"),
}


def fault_words(faults: list[str]) -> str:
    """Picture faults as one enumeration."""
    return ", ".join(str(FAULTS.get(fault, fault)) for fault in faults)
