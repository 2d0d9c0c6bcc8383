"""What the simulator is told: one JSON file with its ports and its cameras."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

#: Raise it whenever drawing or encoding changes: cached loops of older versions are then ignored.
LOOP_VERSION = 3

CODECS = ("h264", "h265", "mjpeg")
#: H.265 is slow to encode at set-up, and MJPEG needs no more pictures than it has stills.
DEFAULT_FPS = {"h264": 8, "h265": 6, "mjpeg": 5}
AUTHS = ("none", "basic", "digest")
#: The places `scenes.SCENES` can draw; named here because serving never loads the painter.
SCENES = ("market", "street", "office", "park", "dump", "terminal")
LOOKS = ("day", "dusk", "night")


class ConfigError(ValueError):
    """The configuration can't be used; the message names the camera and the field."""


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """Everything that decides the pictures and bytes of one loop.

    ``seconds`` is the loop's length; 60 keeps the drawn clock true. ``fault`` names a
    picture fault drawn into it, ``at`` (0-59) the second at which a frozen picture stands.
    """

    scene: str
    seed: int = 1
    label: str = ""
    look: str = "day"
    codec: str = "h264"
    fps: int = 10
    gop_s: int = 2
    width: int = 640
    height: int = 360
    seconds: int = 60
    still_fps: int = 1
    fault: str = ""
    at: int = 0

    def name(self) -> str:
        """File name of this loop in the cache: a hash of every parameter and the version."""
        text = json.dumps([LOOP_VERSION, asdict(self)], sort_keys=True)
        return f"{LOOP_VERSION}-{hashlib.sha256(text.encode()).hexdigest()[:24]}.loop"


@dataclass(frozen=True, slots=True)
class CameraConfig:
    """One simulated camera. ``key`` is its path: ``rtsp://host:port/KEY``.

    ``same_as`` plays another camera's loop (a thousand cameras may share one file).
    ``linger_s`` keeps a session counting against ``max_sessions`` after a client vanished
    without TEARDOWN, as some real servers do. ``qop`` offers digest ``qop=auth``. ``fps`` and
    ``still_fps`` of 0 take the codec's default.
    """

    key: str
    scene: str = "market"
    seed: int = 1
    label: str = ""
    look: str = "day"
    codec: str = "h264"
    fps: int = 0
    gop_s: int = 2
    width: int = 640
    height: int = 360
    still_fps: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    auth: str = "none"
    qop: bool = True
    max_sessions: int = 8
    session_timeout_s: int = 60
    linger_s: float = 0.0
    same_as: str = ""

    def loop(self) -> LoopSpec:
        """The loop this camera plays while nothing is wrong with it."""
        return LoopSpec(
            scene=self.scene,
            seed=self.seed,
            label=self.label or self.key,
            look=self.look,
            codec=self.codec,
            fps=self.fps or DEFAULT_FPS[self.codec],
            gop_s=self.gop_s,
            width=self.width,
            height=self.height,
            still_fps=self.still_fps or (5 if self.codec == "mjpeg" else 1),
        )


@dataclass(frozen=True, slots=True)
class SimConfig:
    """The whole simulator. Port 0 takes any free port; ``control`` is a unix socket path.

    ``data`` holds what one run leaves (`running.json`, the control socket), ``loops_dir`` the
    cached loops, which several simulators may share; by default it is ``data`` too.
    """

    cameras: tuple[CameraConfig, ...]
    host: str = "127.0.0.1"
    rtsp_port: int = 18554
    http_port: int = 18080
    data: str = ".data/camsim"
    loops_dir: str = ""
    control: str = ""
    workers: int = 0

    @property
    def loops_folder(self) -> Path:
        """Where loops are cached."""
        return Path(self.loops_dir or self.data)

    def loop_of(self, camera: CameraConfig) -> LoopSpec:
        """The camera's loop, through ``same_as`` where it is set."""
        if not camera.same_as:
            return camera.loop()
        origin = next(c for c in self.cameras if c.key == camera.same_as)
        return origin.loop()

    def loops(self) -> list[LoopSpec]:
        """Every distinct loop, in the cameras' order."""
        return list(dict.fromkeys(self.loop_of(camera) for camera in self.cameras))

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, the inverse of `parse`."""
        data = asdict(self)
        data["cameras"] = [asdict(c) for c in self.cameras]
        return data


def parse(data: dict[str, Any]) -> SimConfig:
    """Check plain JSON data and build the configuration.

    Raises:
        ConfigError: for an unknown field, a bad value or a duplicate key.
    """
    known = {f.name for f in fields(SimConfig)}
    _refuse_unknown("configuration", set(data) - known)
    cameras = tuple(_camera(entry) for entry in data.get("cameras", []))
    keys = [c.key for c in cameras]
    for key in keys:
        if keys.count(key) > 1:
            raise ConfigError(f"camera {key}: the key is used twice")
    for camera in cameras:
        if camera.same_as and camera.same_as not in keys:
            raise ConfigError(f"camera {camera.key}: same_as names no camera: {camera.same_as}")
    rest = {k: v for k, v in data.items() if k != "cameras"}
    return SimConfig(cameras=cameras, **rest)


def load(path: Path) -> SimConfig:
    """Read a configuration file; relative ``data`` and ``control`` are taken from its folder."""
    config = parse(json.loads(path.read_text(encoding="utf-8")))
    base = path.resolve().parent
    control = str(base / config.control) if config.control else ""
    loops = str(base / config.loops_dir) if config.loops_dir else ""
    return replace(config, data=str(base / config.data), loops_dir=loops, control=control)


def _camera(entry: dict[str, Any]) -> CameraConfig:
    key = str(entry.get("key", ""))
    _refuse_unknown(f"camera {key}", set(entry) - {f.name for f in fields(CameraConfig)})
    if not key or not all(c.isalnum() or c in "-_." for c in key):
        raise ConfigError(f"camera {key!r}: the key must be letters, digits, '-', '_' or '.'")
    camera = CameraConfig(**entry)
    for name, allowed in (("codec", CODECS), ("auth", AUTHS), ("look", LOOKS), ("scene", SCENES)):
        if getattr(camera, name) not in allowed:
            raise ConfigError(f"camera {key}: {name} must be one of {', '.join(allowed)}")
    return camera


def _refuse_unknown(where: str, names: set[str]) -> None:
    if names:
        raise ConfigError(f"{where}: unknown field {', '.join(sorted(names))}")
