"""What goes wrong with a camera, at varied severities: covers, blur, darkness, a knock."""

import cv2
import numpy as np

from tests.bench.clip_scenes import VIEW, Layer, clouds

#: fault -> its varieties. Every variety appears in both halves of the seeds.
VARIETIES = {
    "frozen": ("same-bytes", "clock-ticks", "re-encoded"),
    "black": ("dead", "no-signal", "white-out"),
    "covered": ("hand", "bag", "leaf", "paint"),
    "blurred": ("defocus", "spray"),
    "moved": ("shift", "rotate", "both"),
}


def cover(variety: str, rng: np.random.Generator) -> tuple[Layer, Layer]:
    """A thing over at least 70 % of the lens: (its look, 0..255; its opacity, 0..1), both view-sized."""
    share = 1.0 if rng.random() < 0.4 else float(rng.uniform(0.72, 0.97))
    mask = np.ones(VIEW[::-1], np.float32)
    if share < 1:
        tilt = clouds(rng, VIEW, 160, 1) * rng.uniform(0.05, 0.25)
        y, x = np.mgrid[0 : VIEW[1], 0 : VIEW[0]].astype(np.float32)
        angle = rng.uniform(0, 2 * np.pi)
        field = np.cos(angle) * x / VIEW[0] + np.sin(angle) * y / VIEW[1] + tilt
        mask = (field < np.quantile(field, share)).astype(np.float32)
        mask = cv2.GaussianBlur(mask, (0, 0), float(rng.uniform(1, 9)))
    look, opacity = LOOKS[variety](rng)
    return look, mask * np.float32(opacity)


def _hand(rng: np.random.Generator) -> tuple[Layer, float]:
    look = rng.uniform(45, 150) + clouds(rng, VIEW, 220, 1) * rng.uniform(8, 26)
    for edge in np.cumsum(rng.uniform(70, 150, 6)):
        cv2.line(
            look, (int(edge), 0), (int(edge + rng.uniform(-80, 80)), 360), float(rng.uniform(25, 60)), 14
        )
    return cv2.GaussianBlur(look, (0, 0), float(rng.uniform(6, 14))), 1.0


def _bag(rng: np.random.Generator) -> tuple[Layer, float]:
    folds = np.abs(clouds(rng, VIEW, int(rng.integers(70, 150)), 3))
    look = rng.uniform(60, 190) + (folds - folds.mean()) * rng.uniform(10, 30)
    return cv2.GaussianBlur(look, (0, 0), float(rng.uniform(2, 8))), float(rng.uniform(0.88, 1.0))


def _leaf(rng: np.random.Generator) -> tuple[Layer, float]:
    look = rng.uniform(35, 110) + clouds(rng, VIEW, 120, 2) * 7
    spine = (int(rng.uniform(100, 540)), int(rng.uniform(0, 360)))
    for vein in np.linspace(-400, 400, int(rng.integers(7, 14))):
        cv2.line(look, (spine[0] + int(vein), spine[1] - 260), (spine[0], spine[1] + int(vein)), 150.0, 4)
    return cv2.GaussianBlur(look, (0, 0), float(rng.uniform(3, 7))), 1.0


def _paint(rng: np.random.Generator) -> tuple[Layer, float]:
    look = rng.uniform(50, 200) + clouds(rng, VIEW, 50, 2) * rng.uniform(1, 6)
    return cv2.GaussianBlur(look, (0, 0), 3), float(rng.uniform(0.94, 1.0))


LOOKS = {"hand": _hand, "bag": _bag, "leaf": _leaf, "paint": _paint}


def disc(radius: float) -> Layer:
    """The kernel of a lens out of focus, radius in pixels of the 640-wide picture."""
    size = int(np.ceil(radius)) * 2 + 1
    y, x = np.mgrid[:size, :size] - size // 2
    kernel = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return np.asarray(kernel / kernel.sum())


class Blur:
    """Defocus of radius 6..18 px, or a sprayed dome: smeared, veiled and spotted."""

    def __init__(self, variety: str, rng: np.random.Generator) -> None:
        self.kernel = disc(float(rng.uniform(6, 18)))
        self.veil = float(rng.uniform(0.1, 0.45)) if variety == "spray" else 0.0
        self.spots = clouds(rng, VIEW, 40, 2) * rng.uniform(2, 8) if variety == "spray" else None

    def apply(self, picture: Layer) -> Layer:
        smeared = cv2.filter2D(picture, -1, self.kernel, borderType=cv2.BORDER_REFLECT)
        if self.spots is None:
            return smeared
        mean = float(smeared[::8, ::8].mean())
        return smeared * np.float32(1 - self.veil) + np.float32(mean * self.veil) + self.spots


class Darkness:
    """A dead or whited-out sensor, or a recorder's "no signal" card."""

    def __init__(self, variety: str, rng: np.random.Generator) -> None:
        self.variety = variety
        self.level = float(rng.uniform(236, 262)) if variety == "white-out" else float(rng.uniform(0, 16))
        self.leak = float(rng.uniform(0, 0.035))
        card = np.full(VIEW[::-1], int(rng.choice([0, 16, 29, 40])), np.uint8)
        cv2.putText(card, "NO SIGNAL", (230, 190), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 180, 2)
        self.card = card.astype(np.float32)

    def apply(self, picture: Layer) -> Layer:
        if self.variety == "no-signal":
            return self.card
        return np.float32(self.level) + (picture - np.float32(110)) * np.float32(self.leak)


def knock(variety: str, rng: np.random.Generator) -> tuple[float, float, float]:
    """How a mount was knocked: (dx, dy in view pixels, degrees), at least 5 % of the width or 4 degrees."""
    reach = float(np.exp(rng.uniform(np.log(32), np.log(230))))
    angle = rng.uniform(0, 2 * np.pi)
    turn = float(rng.uniform(4, 22)) * float(rng.choice([-1, 1]))
    dx, dy = reach * np.cos(angle), np.clip(reach * np.sin(angle), -170, 170)
    if variety == "rotate":
        dx = dy = 0.0
    return float(dx), float(dy), 0.0 if variety == "shift" else turn
