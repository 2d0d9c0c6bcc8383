#!/usr/bin/env python3
"""The house's one command. On a bare clone it sets itself up first; inside ``.venv`` it is Django's own."""

from __future__ import annotations

import os
import sys


def main() -> None:
    from commandcenter.runtime import bootstrap

    bootstrap.enter(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commandcenter.settings")
    from commandcenter.runtime import door

    door.run(sys.argv)


if __name__ == "__main__":
    main()
