"""``manage.py channelsim``: run the simulated providers, look at them, make them misbehave, let them post to
us.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from complaints.channelsim.config import KEYS, Config, ConfigError, load, parse
from complaints.channelsim.control import Control, ControlError
from complaints.channelsim.faults import KINDS
from complaints.channelsim.payloads import CHANNELS
from complaints.channelsim.server import run


class Command(BaseCommand):
    help = "Runs the simulated providers of the report channels, puts faults on them, lets them post."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The verbs and their arguments."""
        parser.add_argument(
            "--data", type=Path, help="data folder of the simulator (default .data/channelsim)"
        )
        verbs = parser.add_subparsers(dest="verb", required=True)
        serve = verbs.add_parser("serve", help="run it until Ctrl-C")
        serve.add_argument("--config", type=Path, help="JSON file; see docs/channels.md")
        serve.add_argument("--port", type=int, default=18090)
        serve.add_argument("--webhook", action="append", default=[], metavar="CHANNEL=URL")
        status = verbs.add_parser("status", help="what was answered and taken")
        status.add_argument("--sent", type=int, default=5, help="show so many of the last messages")
        fault = verbs.add_parser("fault", help="make a channel misbehave: " + ", ".join(KINDS))
        fault.add_argument("channel", choices=[*KEYS, "files"])
        fault.add_argument("kind", choices=list(KINDS))
        fault.add_argument("params", nargs="*", help="name=value, for example code=503")
        fault.add_argument("--times", type=int, default=-1, help="for so many requests")
        clear = verbs.add_parser("clear", help="end a channel's fault, or all")
        clear.add_argument("channel", nargs="?", default="")
        say = verbs.add_parser("say", help="let a citizen write to us")
        say.add_argument("channel", choices=list(CHANNELS))
        say.add_argument("text")
        say.add_argument("--who", default="62811000001")
        push = verbs.add_parser("push", help="post a load to us")
        push.add_argument("params", nargs="*", help="rate=200 seconds=60 replays=0.3 forged=0.05 people=500")

    def handle(self, *args: Any, **options: Any) -> None:
        """Does the verb."""
        folder = options["data"] or Path(settings.DATA_DIR) / "channelsim"
        try:
            if options["verb"] == "serve":
                run(_config(options, folder))
                return
            control = Control.of_data(folder)
            self.stdout.write(json.dumps(_told(control, options), indent=2, ensure_ascii=False))
        except (ControlError, ConfigError) as error:
            raise CommandError(str(error)) from error


def _config(options: dict[str, Any], folder: Path) -> Config:
    config = load(options["config"]) if options["config"] else Config()
    hooks = dict(_pair(word) for word in options["webhook"])
    known = {**config.__dict__, "webhooks": config.webhooks | hooks, "data": config.data or str(folder)}
    return parse(known | {"port": config.port or options["port"]})


def _told(control: Control, options: dict[str, Any]) -> dict[str, Any]:
    verb = options["verb"]
    if verb == "status":
        return control.call("status", sent=options["sent"])
    if verb == "fault":
        values = _numbers(options["params"])
        return control.fault(options["channel"], options["kind"], options["times"], **values)
    if verb == "clear":
        return {"cleared": control.clear(options["channel"])}
    if verb == "say":
        return control.call("say", channel=options["channel"], who=options["who"], text=options["text"])
    return control.push(**_numbers(options["params"]))


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise CommandError(f"{word!r} is not name=value")
    return name, value


def _numbers(words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in map(_pair, words):
        plain = value.replace(".", "", 1)
        found[name] = (float(value) if "." in value else int(value)) if plain.isdigit() else value
    return found
