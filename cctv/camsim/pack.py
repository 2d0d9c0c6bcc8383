"""One file that holds a loop: a JSON head, then its video frames and its stills.

Layout: magic ``CCLP``, head length (4 bytes, big endian), head (UTF-8 JSON with ``frames``
and ``stills`` as byte counts), then the blobs one after another.
"""

from __future__ import annotations

import json
import os
import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAGIC = b"CCLP"


class PackError(ValueError):
    """The file is no loop or is cut short."""


@dataclass(slots=True)
class Pack:
    """A loop in memory: ``frames`` are Annex B access units, ``stills`` JPEG files."""

    head: dict[str, Any]
    frames: list[bytes] = field(default_factory=list)
    stills: list[bytes] = field(default_factory=list)


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
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise PackError(f"{path.name} is no loop")
    (length,) = struct.unpack_from(">I", data, 4)
    head = json.loads(data[8 : 8 + length])
    position = 8 + length
    parts: list[list[bytes]] = []
    for name in ("frames", "stills"):
        blobs = []
        for size in head[name]:
            blobs.append(data[position : position + size])
            position += size
        parts.append(blobs)
    if position > len(data):
        raise PackError(f"{path.name} is cut short")
    return Pack(head, parts[0], parts[1])
