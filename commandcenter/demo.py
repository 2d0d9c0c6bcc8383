"""Who seeds the demo city and who takes it away again; each app's ``demo.py`` registers itself here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Demo:
    """One app's part of the demo. ``seed`` is safe to run twice; ``purge`` removes only what it seeded.

    Seeding goes up by ``order``, purging comes down, so that rows leave before what they hang on.
    """

    key: str
    order: int
    seed: Callable[[], None]
    purge: Callable[[], None]


_demos: dict[str, Demo] = {}


def register(demo: Demo) -> None:
    """Adds an app's part; one key, one part."""
    if demo.key in _demos:
        raise ImproperlyConfigured(f"demo part {demo.key!r} is registered twice")
    _demos[demo.key] = demo


def parts() -> list[Demo]:
    """All parts in seeding order."""
    return sorted(_demos.values(), key=lambda part: part.order)


@dataclass(frozen=True, slots=True)
class Login:
    """A demo login that ``up`` prints."""

    role: str
    username: str
    password: str

    def as_dict(self) -> dict[str, str]:
        """For the JSON line that ``prepare`` hands to ``up``."""
        return {"role": self.role, "username": self.username, "password": self.password}


_logins: list[Login] = []


def add_login(login: Login) -> None:
    """Names a login of the demo; the app that seeds the user calls this."""
    if login not in _logins:
        _logins.append(login)


def logins() -> list[Login]:
    """All demo logins in the order they were named."""
    return list(_logins)
