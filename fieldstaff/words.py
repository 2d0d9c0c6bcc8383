"""Words of the operators' screens that several of them use."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from fieldstaff.presence import Reach
from fieldstaff.reaching import NEVER

LAYER_TITLE = pgettext_lazy("map layer", "Officers on duty")
REACH_WORDS = {
    Reach.FRESH.value: pgettext_lazy("reachability", "connected"),
    Reach.LATE.value: pgettext_lazy("reachability", "late to report"),
    Reach.GONE.value: pgettext_lazy("reachability", "no contact"),
    NEVER: pgettext_lazy("reachability", "never heard of"),
}
