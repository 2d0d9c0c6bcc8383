"""``manage.py camsim``: look at the running camera simulator and make its cameras misbehave."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cctv.camsim.control import Control, ControlError
from cctv.camsim.faults import KINDS
from cctv.camsim.names import find_camera


class Command(BaseCommand):
    help = "Lists the simulated cameras, puts faults on them, clears faults, shows counters."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The four verbs and their arguments."""
        parser.add_argument("--data", type=Path, help="data folder of the simulator (default .data/camsim)")
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="cameras and fault kinds")
        verbs.add_parser("status", help="sessions, opens, bytes and fault of every camera")
        fault = verbs.add_parser("fault", help="put a fault on a camera")
        fault.add_argument("camera")
        fault.add_argument("kind", help="one of: " + ", ".join(KINDS) + "; or a code such as 401")
        fault.add_argument("params", nargs="*", help="name=value, for example code=404 or delay=5")
        fault.add_argument("--seconds", type=float, help="clear it by itself after so long")
        clear = verbs.add_parser("clear", help="end a camera's fault")
        clear.add_argument("camera", nargs="?")
        clear.add_argument("--all", action="store_true", help="end the faults of all cameras")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the door of the running simulator and do the verb."""
        folder = options["data"] or Path(settings.DATA_DIR) / "camsim"
        try:
            control = Control.of_data(folder)
            verbs = {"list": self._list, "status": self._status, "fault": self._fault, "clear": self._clear}
            verbs[options["verb"]](control, options)
        except (ControlError, LookupError) as error:
            raise CommandError(str(error)) from error

    def _list(self, control: Control, options: dict[str, Any]) -> None:
        for key in control.cameras():
            self.stdout.write(key)
        self.stdout.write("\nfault kinds:")
        for name, text in control.kinds().items():
            self.stdout.write(f"  {name:<15} {text}")

    def _status(self, control: Control, options: dict[str, Any]) -> None:
        self.stdout.write(f"{'camera':<28} {'playing':>7} {'opens':>6} {'stills':>7} {'MB':>8}  fault")
        for key, camera in control.status()["cameras"].items():
            megabytes = (camera["rtsp"]["bytes_sent"] + camera["http"]["bytes_sent"]) / 1e6
            opens, stills = camera["rtsp"]["opens"], camera["http"]["requests"]
            fault = camera["fault"] or "-"
            self.stdout.write(
                f"{key:<28} {camera['playing']:>7} {opens:>6} {stills:>7} {megabytes:>8.1f}  {fault}"
            )

    def _fault(self, control: Control, options: dict[str, Any]) -> None:
        camera = find_camera(options["camera"], control.cameras())
        params = _parse_params(options["params"])
        if options["seconds"]:
            params["seconds"] = options["seconds"]
        done = control.fault(camera, options["kind"], **params)
        self.stdout.write(f"{camera}: {done['fault']} {done['params'] or ''}".rstrip())

    def _clear(self, control: Control, options: dict[str, Any]) -> None:
        if not options["camera"] and not options["all"]:
            raise CommandError("name a camera, or say --all")
        camera = None if options["all"] else find_camera(options["camera"], control.cameras())
        self.stdout.write("cleared: " + ", ".join(control.clear(camera)))


def _parse_params(words: list[str]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise CommandError(f"{word!r} is not name=value")
        params[name] = float(value) if value.replace(".", "", 1).isdigit() else value
    return params
