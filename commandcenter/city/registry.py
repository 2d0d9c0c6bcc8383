"""A list that apps add to at start-up: unique keys, a stable order."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from django.core.exceptions import ImproperlyConfigured


class Entry(Protocol):
    """What can be registered."""

    @property
    def key(self) -> str: ...

    @property
    def order(self) -> int: ...


T = TypeVar("T", bound=Entry)


class Registry(Generic[T]):
    """Entries by key; a second entry under one key stops start-up."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._entries: dict[str, T] = {}

    def register(self, entry: T) -> T:
        """Adds ``entry``; ImproperlyConfigured when its key is taken."""
        if entry.key in self._entries:
            raise ImproperlyConfigured(f"{self._what} {entry.key!r} is registered twice")
        self._entries[entry.key] = entry
        return entry

    def all(self) -> list[T]:
        """Entries by order, then key."""
        return sorted(self._entries.values(), key=lambda entry: (entry.order, entry.key))
