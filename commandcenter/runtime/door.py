"""Sends a command line to the house's own commands or to Django."""

from __future__ import annotations

import os


def run(argv: list[str]) -> None:
    """``up``, ``test`` and friends run before Django loads; every other command is Django's."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("CC_DEBUG", "1")
    execute_from_command_line(argv)
