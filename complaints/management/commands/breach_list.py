"""``manage.py breach_list``: whom a breach touched, as an XLSX for the notice within 3 x 24 hours."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from commandcenter.city.models import User
from complaints.models import Channel
from complaints.services import breach


class Command(BaseCommand):
    help = "Writes who is behind a set of reports, who looked at them and what was sent, into an XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which reports, why, and where to."""
        parser.add_argument(
            "out", type=Path, help="the file; it holds personal data and is readable by you only"
        )
        parser.add_argument("--reason", required=True, help="what happened; kept in the audit")
        parser.add_argument("--number", action="append", default=[], metavar="NUMBER")
        parser.add_argument("--first", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--last", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--channel", metavar="SHORT-NAME")
        parser.add_argument("--account", metavar="LOGIN", help="reports whose contact this account looked at")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file."""
        channel = Channel.objects.filter(slug=options["channel"]).first() if options["channel"] else None
        account = User.objects.filter(username=options["account"]).first() if options["account"] else None
        if options["channel"] and channel is None:
            raise CommandError(f"--channel: there is no channel {options['channel']!r}")
        if options["account"] and account is None:
            raise CommandError(f"--account: there is no account {options['account']!r}")
        try:
            found = breach.touched(
                numbers="\n".join(options["number"]), first=options["first"], last=options["last"],
                channel=channel, account=account,
            )  # fmt: skip
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if found.unknown:
            raise CommandError(f"--number: no report has {', '.join(found.unknown)}")
        content = breach.book(found, viewer=None, reason=options["reason"])
        with os.fdopen(os.open(options["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        self.stdout.write(f"{len(found.reports)} reports, written to {options['out']}")
