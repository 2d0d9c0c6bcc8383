"""Picture health: is a camera that answers also seeing? Pure, without Django.

    memory, verdict = assess(gray, captured_at, Memory.from_bytes(stored), Config())

Judges frozen, black (or white), covered, blurred and moved on every still; see
``docs/picture-health.md`` for what is measured and what it cannot know.
"""

from cctv.capture.health.memory import Memory
from cctv.capture.health.model import FLAGS, Config, Fault, Verdict, flags_of
from cctv.capture.health.sitting import accept, assess, decode_gray, turned

__all__ = [
    "FLAGS",
    "Config",
    "Fault",
    "Memory",
    "Verdict",
    "accept",
    "assess",
    "decode_gray",
    "flags_of",
    "turned",
]
