"""One file that holds a loop: a JSON head, then its video frames and its stills.

Layout: magic ``CCLP``, head length (4 bytes, big endian), head (UTF-8 JSON with ``frames``
and ``stills`` as byte counts), then the blobs one after another.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAGIC = b"CCLP"


class PackError(ValueError):
    """The file is no loop or is cut short."""


@dataclass(slots=True)
class Pack:
    """A loop: ``frames`` are Annex B access units, ``stills`` JPEG files.

    A loop that was read stays in its file: the views below are pages of it, loaded when used.
    """

    head: dict[str, Any]
    frames: Sequence[bytes | memoryview] = ()
    stills: Sequence[bytes | memoryview] = ()


def write_pack(path: Path, pack: Pack) -> None:
    """Write the loop so that a reader sees either nothing or all of it."""
    head = dict(pack.head, frames=[len(b) for b in pack.frames], stills=[len(b) for b in pack.stills])
    text = json.dumps(head).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as stream:
        stream.write(MAGIC + struct.pack(">I", len(text)) + text)
        stream.writelines(pack.frames)
        stream.writelines(pack.stills)
    Path(temporary).replace(path)


def read_pack(path: Path) -> Pack:
    """Read a loop.

    Raises:
        PackError: the file is not one of ours.
        FileNotFoundError: it was never prepared.
    """
    with path.open("rb") as stream:
        if stream.read(4) != MAGIC:
            raise PackError(f"{path.name} is no loop")
        data = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    (length,) = struct.unpack_from(">I", data, 4)
    head = json.loads(bytes(data[8 : 8 + length]))
    position = 8 + length
    parts: list[list[memoryview]] = []
    for name in ("frames", "stills"):
        blobs = []
        for size in head[name]:
            blobs.append(data[position : position + size])
            position += size
        parts.append(blobs)
    if position > len(data):
        raise PackError(f"{path.name} is cut short")
    return Pack(head, parts[0], parts[1])
