"""What we compare with: one ffmpeg process per camera, and OpenCV opened for each still."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType

from django.conf import settings

from commandcenter.runtime.process import launched
from tests.bench.meter import Meter

# One thread each, or ffmpeg starts as many decoders as there are cores and costs more. Quality 5 of
# its JPEG encoder gives about the size of libjpeg's 75.
_INPUT = ["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-threads", "1"]
_OUTPUT = ["-an", "-c:v", "mjpeg", "-threads", "1", "-q:v", "5", "-f", "image2", "-update", "1", "-y"]
KEYFRAMES = [*_INPUT, "-skip_frame", "nokey", "-i", "{url}", "-fps_mode", "passthrough", *_OUTPUT]
EVERYTHING = [*_INPUT, "-i", "{url}", "-vf", "fps=1/2", *_OUTPUT]


def ffmpeg_binary() -> str | None:
    """The system's ffmpeg, else the one of the `imageio-ffmpeg` wheel."""
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        wheel = import_module("imageio_ffmpeg")
    except ImportError:
        return None
    return str(wheel.get_ffmpeg_exe())


@dataclass(frozen=True, slots=True)
class PeerCost:
    """CPU ms per stream-second (or per still) and the mean size of the JPEGs written, bytes."""

    cpu_ms: float
    jpeg_bytes: float
    stills: int


class FfmpegPeers:
    """One process per camera, each overwriting its own JPEG. Use as a context manager."""

    def __init__(self, binary: str, arguments: Sequence[str], urls: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cc-peer-")
        self._commands = [
            [binary, *(part.format(url=url) for part in arguments), str(Path(self._folder.name) / f"{n}.jpg")]
            for n, url in enumerate(urls)
        ]
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> FfmpegPeers:
        for command in self._commands:
            quiet = subprocess.DEVNULL
            self._processes.append(subprocess.Popen(launched(command), stdout=quiet, stderr=quiet))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        self._folder.cleanup()

    def measure(self, seconds: float, settle: float = 6.0) -> PeerCost:
        """Cost of all of them over the next seconds; RuntimeError where one does not write pictures."""
        time.sleep(settle)
        meter = Meter({str(n): process.pid for n, process in enumerate(self._processes)})
        time.sleep(seconds)
        used = meter.read()
        files = list(Path(self._folder.name).glob("*.jpg"))
        fresh = [file for file in files if time.time() - file.stat().st_mtime < 8]
        if len(fresh) < len(self._processes):
            raise RuntimeError(f"{len(fresh)} of {len(self._processes)} ffmpeg processes write pictures")
        size = sum(file.stat().st_size for file in fresh) / len(fresh)
        stills = round(used.seconds / 2) * len(fresh)
        return PeerCost(1000 * used.total / used.seconds / len(fresh), size, stills)


def cv2_per_still(urls: Sequence[str], seconds: float) -> PeerCost:
    """`cv2.VideoCapture` opened, read once and released for each still, 16 at a time, in one process."""
    job = json.dumps({"urls": list(urls), "seconds": seconds})
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.cv2_peer"],
        input=job,
        capture_output=True,
        text=True,
        check=True,
        cwd=settings.BASE_DIR,
        timeout=seconds + 90,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    return PeerCost(1000 * answer["cpu"] / max(1, answer["stills"]), answer["bytes"], answer["stills"])
