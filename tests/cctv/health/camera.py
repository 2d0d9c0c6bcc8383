"""A small camera for tests: a drawn street, noise, real JPEG encoding, and one thing changed at a time."""

from collections.abc import Callable, Iterable
from copy import copy, deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache

import cv2
import numpy as np

from cctv.capture.health import Config, Memory, Verdict, assess, decode_gray
from tests.bench.clip_life import noisy
from tests.bench.clip_scenes import VIEW, Layer, Scene, draw

START = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
Optics = Callable[[Layer], Layer]


def same(picture: Layer) -> Layer:
    return picture


class Camera:
    """Sends stills of one scene every ``step_s`` seconds; ``health`` follows them as the worker would."""

    def __init__(
        self, kind: str = "street", seed: int = 3, step_s: float = 20, config: Config | None = None
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.scene: Scene = draw(kind, np.random.default_rng(seed))
        self.at = START
        self.step = timedelta(seconds=step_s)
        self.memory = Memory.fresh()
        self.config = config or Config()
        self.noise = 2.0
        self.quality = 70
        self.clock = False
        self.last = b""

    def view(self, layer: str = "surface", dx: int = 0, dy: int = 0) -> Layer:
        x, y = 240 + dx, 180 + dy
        full: Layer = getattr(self.scene, layer)
        return full[y : y + VIEW[1], x : x + VIEW[0]].copy()

    def jpeg(self, picture: Layer) -> bytes:
        shown = np.clip(noisy(picture, self.noise, self.rng), 0, 255).astype(np.uint8)
        if self.clock:
            words = self.at.strftime("%d-%m-%Y %H:%M:%S")
            cv2.putText(shown, words, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 2)
        done, data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        assert done
        return bytes(data)

    def send(self, jpeg: bytes) -> Verdict:
        """One still through decoder, judge and stored memory."""
        self.last = jpeg
        self.at += self.step
        gray = decode_gray(jpeg)
        assert gray is not None
        memory = Memory.from_bytes(self.memory.to_bytes())
        self.memory, verdict = assess(gray, self.at, memory, self.config)
        return verdict

    def run(
        self, count: int, optics: Optics = same, layer: str = "surface", dx: int = 0, dy: int = 0
    ) -> list[Verdict]:
        """Send ``count`` stills of the (shifted) view seen through ``optics``."""
        return [self.send(self.jpeg(optics(self.view(layer, dx, dy)))) for _ in range(count)]


@cache
def _watched(kind: str, seed: int) -> Camera:
    camera = Camera(kind, seed)
    assert silent(camera.run(20))
    return camera


def watched(kind: str = "street", seed: int = 3) -> Camera:
    """A camera that has watched its place, healthy, for some minutes."""
    camera = copy(_watched(kind, seed))
    camera.rng = deepcopy(camera.rng)
    return camera


def silent(verdicts: Iterable[Verdict]) -> bool:
    return not any(verdict.faults for verdict in verdicts)
