"""The phones of the demo's officers while on duty: who speaks in which second, and who cannot be heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fieldstaff.demo_cast import Part
from fieldstaff.phonesim.habits import fix_of, heard_at
from fieldstaff.phonesim.queue import Phone, Send

Spans = Sequence[tuple[int, int]]


@dataclass(slots=True)
class Crowd:
    """``duty``: shifts by number in the cast, Unix seconds. ``every``: seconds from word to word."""

    parts: Sequence[Part]
    phones: Mapping[int, Phone]
    duty: Mapping[int, Spans]
    every: int = 60
    answers: Counter[int] = field(default_factory=Counter)

    def second(self, now: int, send: Send) -> None:
        """Lets those speak whose turn it is; each has a second of his own in the minute."""
        for part in self.parts:
            turn = part.number * self.every // len(self.parts)
            if part.number in self.phones and (now - turn) % self.every == 0:
                self.speak(part, now, send)

    def speak(self, part: Part, now: int, send: Send) -> None:
        """One phone: a position while its officer is on duty, and as much of its queue as is taken."""
        phone = self.phones[part.number]
        if any(start <= now < end for start, end in self.duty.get(part.number, ())):
            fix = fix_of(part, now)
            if fix is not None:
                phone.keep([fix])
        if not phone.waiting or heard_at(part, now) != now:
            return
        before = len(phone.answers)
        phone.flush(send, most=70)
        self.answers.update(phone.answers[before:])
        phone.answers.clear()
