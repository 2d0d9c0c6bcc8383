"""Makes labelled clips of stills: one seed, one camera, one stretch of time, perhaps one fault.

    python -m tests.bench.clips 12 --to DIR     writes clip 12 as JPEG files to look at

Seeds divisible by 2 are healthy throughout; the odd ones meet one fault each
in turn. Seeds below ``TUNE_END`` may be looked at while rules are tuned; the
bench uses the held-out range from ``HELD_OUT`` on, which also has places never
drawn for tuning. The same seed always gives the same JPEG bytes (per OpenCV version).
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from tests.bench.clip_faults import VARIETIES, Blur, Darkness, cover, knock
from tests.bench.clip_life import Clock, Exposure, Mover, Picture, crowd, flash, noisy, rain, thing
from tests.bench.clip_scenes import KINDS, UNSEEN_KINDS, VIEW, Layer, draw

TUNE_END = 100_000
HELD_OUT = 700_000
#: What a healthy camera goes through; each clip meets some of them.
NUISANCES = (
    "rain",
    "exposure-steps",
    "headlights",
    "lorry",
    "parked",
    "moving-shadows",
    "quality-steps",
    "gradual-light",
    "empty",
    "sway",
    "infrared-on",
    "infrared-off",
    "lights-out",
    "static",
)
LIGHTS = ("day", "day", "dull", "lamps", "infrared")


@dataclass(frozen=True, slots=True)
class Spec:
    """One clip before it is drawn. ``onset`` is the number of the first faulty still (count if none).
    Stills come every ``step_s`` seconds, give or take a tenth, as the scheduler spreads them."""

    seed: int
    kind: str
    light: str
    fault: str
    variety: str
    onset: int
    count: int
    step_s: float
    start: datetime
    nuisances: frozenset[str]
    quality: int
    clock: Clock | None


@dataclass(frozen=True, slots=True)
class Still:
    """One still as the wall takes it: 640x360 JPEG, when, and the truth about it."""

    jpeg: bytes
    at: datetime
    faulty: bool


def spec(seed: int) -> Spec:
    """Decide what clip ``seed`` is."""
    rng = np.random.default_rng([seed, 1])
    kinds = KINDS if seed >= HELD_OUT else tuple(k for k in KINDS if k not in UNSEEN_KINDS)
    faults = tuple(VARIETIES)
    fault = faults[seed // 2 % len(faults)] if seed % 2 else ""
    count = int(rng.integers(44, 61))
    light = str(rng.choice(LIGHTS))
    pool = [n for n in NUISANCES if not (fault and n.startswith(("infrared", "lights", "static")))]
    met = {str(n) for n in rng.choice(pool, size=int(rng.integers(0, 3 if fault else 5)), replace=False)}
    hour, minute, step = (
        int(rng.integers(0, 24)),
        int(rng.integers(0, 60)),
        float(rng.choice([10, 15, 30, 60])),
    )
    return Spec(
        seed=seed,
        kind=str(rng.choice(kinds)),
        light=light,
        fault=fault,
        variety=str(rng.choice(VARIETIES[fault])) if fault else "",
        onset=int(rng.integers(18, count - 22)) if fault else count,
        count=count,
        step_s=step,
        start=datetime(2026, 11, int(rng.integers(1, 28)), hour, minute, tzinfo=UTC),
        nuisances=frozenset(met),
        quality=int(rng.choice([12, 20, 35, 50, 75, 90])),
        clock=Clock(int(rng.integers(0, 4)), float(rng.uniform(0.45, 0.7)), bool(rng.random() < 0.4))
        if rng.random() < 0.65
        else None,
    )


def stills(of: Spec) -> Iterator[Still]:
    """Draw clip ``of``, still by still."""
    camera = _Camera(of)
    at, rng = of.start, np.random.default_rng([of.seed, 4])
    for number in range(of.count):
        yield Still(camera.still(number, at), at, number >= of.onset)
        at += timedelta(seconds=round(of.step_s * rng.uniform(0.9, 1.1), 3))


class _Camera:
    """One simulated camera: its scene, its optics, its encoder and, from ``onset`` on, its fault."""

    def __init__(self, of: Spec) -> None:
        self.of = of
        self.rng = np.random.default_rng([of.seed, 2])
        rng = self.rng
        self.scene = draw(of.kind, rng)
        self.origin = rng.uniform((200, 160), (280, 200))
        self.knock = (0.0, 0.0, 0.0)
        self.density = 0.0 if of.nuisances & {"empty", "static"} else float(rng.uniform(0.15, 1.0))
        self.movers = crowd(rng, of.kind, self.density)
        self.parked = Mover(thing(rng, 130, 80), rng.uniform((100, 200), (500, 360)), np.zeros(2))
        self.lorry = thing(rng, int(VIEW[0] * rng.uniform(0.45, 0.56)), 330)
        self.events = {
            name: int(rng.integers(8, of.count - 4))
            for name in ("headlights", "lorry", "parked", "exposure-steps", "quality-steps", "switch")
        }
        self.exposure = Exposure(target=float(rng.uniform(90, 135)))
        self.rain = float(rng.uniform(0.3, 1.0))
        self.drift = float(rng.uniform(-0.5, 0.5)) / of.count
        self.noise = float(rng.uniform(0.4, 2.5))
        self.dark_noise = float(rng.uniform(3, 10))
        self.dim = float(rng.uniform(0.25, 0.9))
        if "static" in of.nuisances:
            # A quiet sensor before an empty place: stills may be equal but for the clock.
            self.noise = self.dark_noise = 0.0
        self.views: dict[str, Layer] = {}
        self.last: bytes = b""
        self.stamp = of.start
        self.raw: Layer | None = None
        self._arm()

    def _arm(self) -> None:
        fault_rng = np.random.default_rng([self.of.seed, 3])
        variety = self.of.variety
        self.cover = cover(variety, fault_rng) if self.of.fault == "covered" else None
        self.blur = Blur(variety, fault_rng) if self.of.fault == "blurred" else None
        self.darkness = Darkness(variety, fault_rng) if self.of.fault == "black" else None
        self.later_knock = knock(variety, fault_rng) if self.of.fault == "moved" else (0.0, 0.0, 0.0)

    def still(self, number: int, at: datetime) -> bytes:
        broken = number >= self.of.onset
        if broken and self.of.fault == "frozen" and self.of.variety == "same-bytes":
            return self.last
        if broken and self.of.fault == "frozen" and self.raw is not None:
            raw = self.raw
        else:
            raw = self._raw(number, broken)
            self.raw = raw
        picture = np.clip(raw, 0, 255).astype(np.uint8)
        ticking = not broken or self.of.variety != "re-encoded"
        self.stamp = at if ticking else self.stamp
        if self.of.clock is not None:
            self.of.clock.draw(picture, self.stamp)
        quality = self._quality(number)
        if broken and self.of.variety == "re-encoded":
            # A rate control that hunts: never quite the same bytes of the same picture.
            quality += int(self.rng.integers(-1, 2))
        self.last = encode(picture, quality)
        return self.last

    def _quality(self, number: int) -> int:
        if "quality-steps" in self.of.nuisances and number >= self.events["quality-steps"]:
            return 15 if self.of.quality > 40 else 60
        return self.of.quality

    def _light(self, number: int) -> str:
        switched = number >= self.events["switch"]
        if "infrared-on" in self.of.nuisances:
            return "infrared" if switched else "lamps" if self.scene.indoor else "dusk"
        if "infrared-off" in self.of.nuisances:
            return "dull" if switched else "infrared"
        if "lights-out" in self.of.nuisances:
            return "infrared" if switched else "day"
        return self.of.light

    def _raw(self, number: int, broken: bool) -> Layer:
        """The sensor's picture, before the clock and the encoder."""
        if broken and self.later_knock != self.knock:
            self.knock, self.views = self.later_knock, {}
        light = self._light(number)
        lit = self._lit(number, light)
        self._traffic(lit, number, light)
        if "rain" in self.of.nuisances and not self.scene.indoor:
            lit = rain(lit, self.rain, self.rng)
        if "headlights" in self.of.nuisances and number in (
            self.events["headlights"],
            self.events["headlights"] + 1,
        ):
            lit = flash(lit, self.rng)
        if broken and self.cover is not None:
            look, opacity = self.cover
            glow = 1.0 if light in ("day", "dull") else 0.6
            lit = lit * (1 - opacity) + look * (opacity * np.float32(glow))
        if broken and self.blur is not None:
            lit = self.blur.apply(lit)
        dark = light in ("lamps", "infrared", "dusk")
        lit = self.exposure.apply(lit, 1.6 if light == "lamps" else 2.2)
        if "exposure-steps" in self.of.nuisances and number >= self.events["exposure-steps"]:
            lit = lit * np.float32(0.72)
        if broken and self.darkness is not None:
            lit = self.darkness.apply(lit)
            dark = dark and self.of.variety != "no-signal"
        return noisy(lit, self.dark_noise if dark else self.noise, self.rng)

    def _lit(self, number: int, light: str) -> Layer:
        drift = 1 + self.drift * number if "gradual-light" in self.of.nuisances else 1.0
        if light == "infrared":
            return self._view("infrared", number) * np.float32(drift)
        surface = self._view("surface", number)
        if light == "lamps":
            return surface * self._view("lamps", number) * np.float32(drift)
        if light in ("dull", "dusk") or self.scene.indoor:
            level = self.dim * (0.45 if light == "dusk" else 1.0)
            return surface * np.float32(level * drift)
        return surface * self._shade(number) * np.float32(drift)

    def _shade(self, number: int) -> Layer:
        """Shadows creep: up to about a picture height in a clip when that is a nuisance."""
        creep = number * 2.5 if "moving-shadows" in self.of.nuisances else number * 0.15
        creep *= "static" not in self.of.nuisances
        return self._warp(self.scene.shade, (creep, creep * 0.3))

    def _view(self, layer: str, number: int) -> Layer:
        if "sway" in self.of.nuisances:
            return self._warp(getattr(self.scene, layer), tuple(self.rng.normal(0, 0.8, 2)))
        if layer not in self.views:
            self.views[layer] = self._warp(getattr(self.scene, layer), (0.0, 0.0))
        return self.views[layer].copy() if layer != "lamps" else self.views[layer]

    def _warp(self, layer: Layer, offset: tuple[float, ...]) -> Layer:
        dx, dy, turn = self.knock
        x, y = self.origin[0] + dx + offset[0], self.origin[1] + dy + offset[1]
        matrix = cv2.getRotationMatrix2D((x + VIEW[0] / 2, y + VIEW[1] / 2), turn, 1.0)
        matrix[:, 2] -= (x, y)
        flags = cv2.INTER_LINEAR
        return cv2.warpAffine(layer, matrix, VIEW, flags=flags, borderMode=cv2.BORDER_REFLECT)

    def _traffic(self, on: Layer, number: int, light: str) -> None:
        seconds = number * self.of.step_s
        bright = {"day": 1.0, "dull": self.dim, "infrared": 0.7, "dusk": self.dim * 0.4}.get(light, 0.25)
        for mover in self.movers:
            mover.draw(on, seconds, bright)
        if "parked" in self.of.nuisances and number >= self.events["parked"]:
            self.parked.draw(on, 0, bright)
        if "lorry" in self.of.nuisances and number - self.events["lorry"] in (0, 1):
            x = 0 if number == self.events["lorry"] else VIEW[0] - self.lorry.shape[1]
            on[30:, x : x + self.lorry.shape[1]] = self.lorry * np.float32(bright)


def encode(picture: Picture, quality: int) -> bytes:
    """Encode as the camera would."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError("OpenCV could not encode a clip's still")
    return bytes(data)


def main() -> None:
    """Write the clips named on the command line, to look at."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args()
    for seed in options.seeds:
        of = spec(seed)
        print(of)
        folder = options.to / f"{seed}-{of.kind}-{of.fault or 'healthy'}"
        folder.mkdir(parents=True, exist_ok=True)
        for number, still in enumerate(stills(of)):
            (folder / f"{number:03d}{'-faulty' if still.faulty else ''}.jpg").write_bytes(still.jpeg)


if __name__ == "__main__":
    main()
