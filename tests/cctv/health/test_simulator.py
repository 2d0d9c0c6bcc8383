"""The demonstration's own simulated cameras, drawn by other hands than the clips: no mark by day or night,
every picture fault it can be told to show is named."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from cctv.camsim.config import LoopSpec
from cctv.camsim.loops import draw, encode_jpeg
from cctv.camsim.scenes import Painter
from cctv.capture.health import Fault, Memory, assess, decode_gray
from tests.cctv.health.camera import START

SHOWN = {
    "freeze": Fault.FROZEN,
    "black": Fault.BLACK,
    "cover": Fault.COVERED,
    "blur": Fault.BLURRED,
    "shift": Fault.MOVED,
}


class Simulated:
    """Asks a simulated camera for a still every ten seconds, give or take one."""

    def __init__(self, spec: LoopSpec) -> None:
        self.spec, self.memory, self.seconds = spec, Memory.fresh(), 0.0
        self.rng = random.Random(spec.seed)

    def run(self, count: int, fault: str = "") -> set[Fault]:
        """Faults confirmed during ``count`` stills."""
        spec = replace(self.spec, fault=fault, at=int(self.seconds % 60))
        painter, found = Painter(spec), set[Fault]()
        for _ in range(count):
            self.seconds += self.rng.uniform(9, 11)
            gray = decode_gray(encode_jpeg(draw(painter, spec, float(int(self.seconds % 60)))))
            assert gray is not None
            at = START + timedelta(seconds=self.seconds)
            self.memory, verdict = assess(gray, at, self.memory)
            found |= verdict.faults
        return found


@pytest.mark.long
@pytest.mark.parametrize("look", ["day", "night"])
@pytest.mark.parametrize("scene", ["market", "street", "office"])
def test_the_demonstrations_faults_are_named(scene: str, look: str) -> None:
    camera = Simulated(LoopSpec(scene, seed=3, label="Pasar", look=look))
    assert camera.run(40) == set()
    learned, seconds = camera.memory, camera.seconds
    for fault, name in SHOWN.items():
        camera.memory, camera.seconds = learned, seconds
        assert camera.run(10, fault) == {name}
