"""``manage.py demo seed|purge``: the demo city, and its removal without touching anything else."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Model
from django.utils import translation
from django.utils.module_loading import autodiscover_modules

from commandcenter import demo
from commandcenter.runtime import first_admin, house

Count = dict[type[Model], tuple[int, int]]


class Command(BaseCommand):
    help = "Seed the demo city, or remove it and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["seed", "purge"])
        parser.add_argument("--yes", action="store_true", help="purge without a question")
        parser.add_argument(
            "--admin", metavar="NAME", default="",
            help="name of the administrator to make where purging leaves none (default: admin)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("demo")
        with translation.override("en"):
            if options["verb"] == "seed":
                self._seed()
            else:
                self._purge(ask=not options["yes"], name=options["admin"])

    def _seed(self) -> None:
        with transaction.atomic():
            for part in demo.parts():
                part.seed()
        _note(purged=False)
        self.stdout.write("The demo city is there.")

    def _purge(self, *, ask: bool, name: str) -> None:
        login = self._rehearse(name)
        if ask and not self._agreed():
            raise CommandError("Nothing was changed.")
        with transaction.atomic():
            self._remove()
            if login:
                login = self._new_admin(name)
        _note(purged=True)
        self.stdout.write("The demo city is gone; everything else stays.")
        if login:
            self.stdout.write(
                f"\n  administrator  {login['username']}  {login['password']}\n"
                "  Write it down: it is shown once, and must be changed at the first login.\n"
            )
        self.stdout.write("`up` no longer starts the demo; `up --demo` would bring it back.")

    def _rehearse(self, name: str) -> dict[str, str] | None:
        """Purges, tells what that did and takes it back; the login that would be made."""
        login = None
        with transaction.atomic():
            before = _count()
            self._remove()
            after = _count()
            admins = list(first_admin.administrators().order_by("pk").values_list("username", flat=True)[:3])
            if not admins:
                login = self._new_admin(name)
            transaction.set_rollback(True)
        self._tell(before, after)
        if login:
            self.stdout.write(f"No administrator would be left: a new one, {login['username']!r}, is made.")
        else:
            self.stdout.write(f"Administrators that stay: {', '.join(admins)}.")
        return login

    def _tell(self, before: Count, after: Count) -> None:
        gone = [_words(model, sum(was) - sum(after[model])) for model, was in before.items()]
        kept = [_words(model, after[model][0] - was[0]) for model, was in before.items()]
        self.stdout.write("Leaves with the demo: " + (", ".join(filter(None, gone)) or "nothing") + ".")
        if any(kept):
            why = "Came with the demo and stays, because somebody changed it or something real needs it: "
            self.stdout.write(why + ", ".join(filter(None, kept)) + ".")

    def _remove(self) -> None:
        for part in reversed(demo.parts()):
            part.purge()

    def _new_admin(self, name: str) -> dict[str, str]:
        try:
            return first_admin.make(name or first_admin.free_name())
        except ValidationError as error:
            raise CommandError(f"--admin {name}: {first_admin.problem(error)}") from error

    def _agreed(self) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("There is nobody to ask here; nothing was changed. Say --yes to purge.")
        self.stdout.write("There is no way back but a backup (`python3 manage.py backup FILE`).")
        return input("Take the demo out of this city? [y/N] ").strip().lower() in {"y", "yes", "ya"}


def _note(*, purged: bool) -> None:
    """Tells the next ``up``; where this machine's files are read-only there is no ``up`` to tell."""
    with contextlib.suppress(OSError):
        if purged:
            house.purged_note().touch()
        else:
            house.purged_note().unlink(missing_ok=True)


def _with_origin() -> Iterator[type[Model]]:
    for model in apps.get_models():
        if any(field.name == "origin" for field in model._meta.concrete_fields):
            yield model


def _count() -> Count:
    """Real and simulated rows of every kind of thing that has an origin."""
    found: Count = {}
    for model in _with_origin():
        rows = model._default_manager.all()
        found[model] = rows.exclude(origin="simulated").count(), rows.filter(origin="simulated").count()
    return found


def _words(model: type[Model], n: int) -> str:
    """``3 cameras``; empty for none."""
    name = model._meta.verbose_name if n == 1 else model._meta.verbose_name_plural
    return f"{n} {name}" if n > 0 else ""
