"""The demo's alarms: none is seeded, they come from the faults of its cameras; they leave with the demo."""

from __future__ import annotations

from commandcenter import demo
from commandcenter.city.origin import Source
from commandcenter.incidents.models import Alarm


def seed() -> None:
    """Nothing: an alarm that nothing caused would teach people to look away."""


def purge() -> None:
    """Removes the alarms of simulated things."""
    Alarm.objects.filter(origin=Source.SIMULATED).delete()


# Above the cameras: their alarms leave before their agencies and areas do.
demo.register(demo.Demo(key="incidents", order=40, seed=seed, purge=purge))
