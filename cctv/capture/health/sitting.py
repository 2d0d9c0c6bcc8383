"""One still in, the camera's memory and verdict out."""

from datetime import UTC, datetime

import cv2
import numpy as np

from cctv.capture.health import geometry, rules, stillness
from cctv.capture.health.features import Gray, Look, Match, compare, look, normalise, remains, shrink, sketch
from cctv.capture.health.memory import Memory
from cctv.capture.health.model import FAULTS, Config, Fault, Verdict

#: Stills a reference needs before it is trusted.
ENOUGH = 6
#: Stills in a row that a new appearance (night, lamps) must last before it is learned.
CHANGE_STILLS = 3
#: Share of two stills' difference that lands in the finest band of one, at working size.
_FINE_NOISE = 0.135
_NUMBER = {fault: number for number, fault in enumerate(FAULTS)}


def decode_gray(jpeg: bytes) -> Gray | None:
    """Decode a JPEG straight to a quarter of its size in grey, or None where it is no picture."""
    found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_4) if jpeg else None
    return None if found is None else np.asarray(found, np.uint8)


def assess(gray: Gray, at: datetime, memory: Memory, config: Config | None = None) -> tuple[Memory, Verdict]:
    """Judge one still.

    ``gray`` is a 2-D uint8 picture, best a quarter of 640x360; ``at`` an aware time of
    capture. ``memory`` is not changed. Raises ValueError on another shape or a naive time.
    """
    if at.tzinfo is None:
        raise ValueError("picture health needs an aware time")
    return _Sitting(normalise(gray), at, memory, config or Config()).run()


class _Sitting:
    """The state of judging one still."""

    def __init__(self, gray: Gray, at: datetime, memory: Memory, config: Config) -> None:
        self.gray = gray
        self.at = at.timestamp()
        self.hour = at.astimezone(UTC).hour
        self.memory = memory.copy()
        self.record = self.memory.record
        self.config = config
        self.usual = self.memory.usual(self.hour)
        self.small = shrink(gray)
        self.light = rules.measure_light(gray)
        self.pose: geometry.Pose | None = None

    def run(self) -> tuple[Memory, Verdict]:
        still = stillness.watch(sketch(self.gray), self.at, self.memory, self.usual, self.config)
        match = self._match(still.noise)
        suspected = self._suspect(match)
        if still.frozen and suspected not in (Fault.BLACK, Fault.COVERED):
            found = frozenset({Fault.FROZEN} if suspected is None else {Fault.FROZEN, suspected})
        else:
            found = frozenset() if suspected is None else frozenset({suspected})
        faults = self._confirm(found)
        if not faults and not found:
            self._learn(match, still)
        self._relearn(faults)
        self.record["pristine"] = 0
        return self.memory, Verdict(faults, found, self._scores(match, still), match is not None)

    def _match(self, noise: float | None) -> Match | None:
        """Compare with the present appearance, or change to the other one where that fits clearly better."""
        record, now = self.record, look(self.small)
        self.now: Look = now
        slot = int(record["slot"])
        self.then = look(record["reference"][slot])
        if record["reference_count"][slot] < ENOUGH:
            return None
        residue = _FINE_NOISE * (noise or 2.0) ** 2
        match = compare(now, self.then, residue / min(int(record["reference_count"][slot]), 2 * ENOUGH))
        if match.alive < 0.8 and record["reference_count"][1 - slot] >= ENOUGH:
            other = look(record["reference"][1 - slot])
            second = compare(now, other, residue / (2 * ENOUGH))
            if second.alive > match.alive + 0.08 and second.structure >= rules.LEAST_STRUCTURE:
                record["slot"], self.then, match = 1 - slot, other, second
        return match

    def _suspect(self, match: Match | None) -> Fault | None:
        record = self.record
        if rules.is_black(self.light, match, self.usual, bool(record["dark_is_normal"])):
            return Fault.BLACK
        if match is None or match.structure < rules.LEAST_STRUCTURE or self.at < float(record["quiet_until"]):
            return None
        fault, self.pose = rules.judge(self.now, self.then, match, self.usual, self._search)
        displaced = self.pose is not None and rules.displaced(self.pose, match)
        self._note_pose(displaced)
        calm = not record["confirmed"] and not (record["votes"][1:] & 1).any()
        changed = calm and not displaced and rules.wavers(match, self.pose)
        stands = changed and self._stands(match)
        record["pending"] = int(record["pending"]) + 1 if stands else 0
        if record["pending"] >= CHANGE_STILLS or (fault is Fault.MOVED and self.config.ptz):
            self._new_appearance()
        return None if stands or (fault is Fault.MOVED and self.config.ptz) else fault

    def _search(self, now: Look, then: Look) -> geometry.Pose:
        """A full search costs a millisecond: after four in vain only every eighth still gets one."""
        fruitless = int(self.record["fruitless"])
        thorough = fruitless < 4 or fruitless % 8 == 0
        return geometry.find(now, then, int(self.record["angle"]), thorough=thorough)

    def _note_pose(self, displaced: bool) -> None:
        record = self.record
        if self.pose is None or displaced:
            record["fruitless"] = 0
        else:
            record["fruitless"] = (int(record["fruitless"]) + 1) % 240
        if self.pose is not None and displaced:
            record["angle"] = self.pose.angle

    def _stands(self, match: Match) -> bool:
        return rules.stands(match, remains(self.now, self.then, match.cells))

    def _new_appearance(self) -> None:
        """Learn this look in the other slot and keep quiet until it has settled."""
        record = self.record
        slot = 1 - int(record["slot"])
        record["slot"], record["reference_count"][slot], record["pending"] = slot, 0, 0
        record["quiet_until"] = self.at + self.config.settle_s

    def _confirm(self, found: frozenset[Fault]) -> frozenset[Fault]:
        record, config = self.record, self.config
        held = int(record["confirmed"])
        fresh = abs(self.at - float(record["vote_at"])) >= config.vote_s
        window = (1 << config.votes_of) - 1
        for fault, number in _NUMBER.items():
            votes = int(record["votes"][number])
            vote = int(fault in found)
            # Within one vote's time a fault may still be added, so a bad still is not lost.
            votes = (votes << 1 | vote) & 0xFFFF if fresh else votes | vote
            record["votes"][number] = votes
            count = (votes & window).bit_count()
            if fault is Fault.FROZEN:
                held = held | 1 << number if vote else held & ~(1 << number)
            elif count >= config.votes_needed:
                held |= 1 << number
            elif count <= config.votes_of - config.votes_needed:
                held &= ~(1 << number)
        if fresh:
            record["vote_at"] = self.at
        record["confirmed"] = held
        return frozenset(fault for fault, number in _NUMBER.items() if held >> number & 1)

    def _learn(self, match: Match | None, still: stillness.Stillness) -> None:
        record = self.record
        slot = int(record["slot"])
        count = int(record["reference_count"][slot])
        if count < 2 * ENOUGH:
            _average(record["reference"][slot], self.small, count)
        elif abs(self.at - float(record["learned_at"])) >= self.config.learn_every_s:
            _follow(record["reference"][slot], self.small, still.noise or 2.0)
        else:
            return self._remember(match, still)
        record["reference_count"][slot] = min(count + 1, 60_000)
        record["learned_at"] = self.at
        return self._remember(match, still)

    def _remember(self, match: Match | None, still: stillness.Stillness) -> None:
        if match is None or still.noise is None or still.run:
            return
        detail = 1.0 if match.detail is None else match.detail
        light = self.light
        values = (light.mean, light.deviation, min(light.sharpness, 6e4), detail, match.alive)
        self.memory.learn(self.hour, self.at, (*values, still.noise))

    def _relearn(self, faults: frozenset[Fault]) -> None:
        """A view that has only *moved* and stayed so for long becomes the reference."""
        record, limit = self.record, self.config.relearn_s
        if faults != {Fault.MOVED}:
            record["moved_since"] = 0.0
        elif not record["moved_since"]:
            record["moved_since"] = self.at
        elif limit is not None and self.at - float(record["moved_since"]) >= limit:
            forget_view(self.memory)

    def _scores(self, match: Match | None, still: stillness.Stillness) -> dict[str, float]:
        light = self.light
        scores = {
            "brightness": light.mean,
            "deviation": light.deviation,
            "sharpness": light.sharpness,
            "equal_stills": float(still.run),
        }
        if match is not None:
            scores |= {"structure": match.structure, "alive": match.alive, "layout": match.coarse}
            if match.detail is not None:
                scores["detail"] = match.detail
        if self.pose is not None:
            scores |= {"shift": self.pose.distance, "angle": float(self.pose.angle), "found": self.pose.alive}
        return {name: round(value, 3) for name, value in scores.items()}


def _average(reference: Gray, small: Gray, count: int) -> None:
    """Running mean while the reference is new."""
    mean = reference + (small.astype(np.float32) - reference) / (count + 1)
    reference[:] = np.rint(mean).astype(np.uint8)


def _follow(reference: Gray, small: Gray, noise: float) -> None:
    """Afterwards creep towards what differs by more than noise, by at least one grey level.

    Without the dead band an 8-bit mean would pick up the very noise it was averaged out of.
    """
    apart = small.astype(np.float32) - reference
    step = np.ceil(np.maximum(np.abs(apart) - min(max(1.2 * noise, 1.0), 8.0), 0) / 16)
    reference[:] = (reference + np.copysign(step, apart)).astype(np.uint8)


def forget_view(memory: Memory) -> None:
    """Drop both references, the votes and the verdict; what is usual per hour stays. Writes to ``memory``."""
    record = memory.record
    for name in ("reference_count", "votes", "confirmed", "moved_since", "quiet_until", "angle", "pending"):
        record[name] = 0


def accept(memory: Memory, gray: Gray, at: datetime) -> Memory:
    """An operator says: this view is right. The reference starts anew from now on.

    Accepting a dark still also teaches that darkness is normal for this camera.
    """
    light = rules.measure_light(normalise(gray))
    accepted = memory.copy()
    forget_view(accepted)
    accepted.record["learned_at"] = at.timestamp()
    if light.dark >= 0.95:
        accepted.record["dark_is_normal"] = 1
    return accepted


def turned(memory: Memory, at: datetime, config: Config | None = None) -> Memory:
    """The camera was told to turn (PTZ, preset): forget the view and keep quiet until it has settled."""
    told = memory.copy()
    forget_view(told)
    told.record["quiet_until"] = at.timestamp() + (config or Config()).settle_s
    return told
