"""How a test run is shared out among processes (``manage.py test --processes=2``, decision 0122)."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

ALONE = "long or browser or alone"
"""The marks of tests that no neighbour may slow down: they run after the others, in one process."""


def phases(processes: int) -> list[list[str]]:
    """What pytest is told besides the words of the caller, run by run."""
    if processes < 2:
        return [[]]
    return [["-n", str(processes), "-m", f"not ({ALONE})"], ["-m", ALONE]]


class InOrder(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out stretches of one file each, in the order in which they were collected.

    pytest-django collects tests that roll back before those that empty the database. A process that took
    whole files would meet them mixed, and the rows that migrations made would be gone for the later ones.
    """

    def __init__(self, config: Any, log: Any = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)
        self._stretches: dict[str, str] = {}
        self._last = ""

    def _split_scope(self, nodeid: str) -> str:
        """First asked for every test in the order of the collection; the same answer ever after."""
        if nodeid not in self._stretches:
            file = nodeid.split("::", 1)[0]
            if self._last.split("::", 1)[0] != file:
                self._last = nodeid
            self._stretches[nodeid] = self._last  # a stretch is named after its first test
        return self._stretches[nodeid]
