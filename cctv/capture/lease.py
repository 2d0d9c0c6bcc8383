"""Which held camera belongs to which shard: rendezvous hashing with a capacity.

Every shard computes the same answer from the same three inputs, so no one has to hand out work. A camera
prefers shards in the order of a hash of the pair (Thaler and Ravishankar, 1998); when a shard dies only its
cameras move, when one joins only the cameras that prefer it move. As long as no shard is full nothing else is
needed; where capacity binds, pass what the shards hold, so that a full shard is not reshuffled by its
neighbour's death.
"""

import hashlib
from collections.abc import Iterable, Mapping


def weight(camera: int, shard: str) -> int:
    """How much `camera` prefers `shard`: the higher the better, the same on every machine."""
    digest = hashlib.blake2b(f"{camera}:{shard}".encode(), digest_size=8).digest()
    return int.from_bytes(digest)


def preference(camera: int, shards: Iterable[str]) -> list[str]:
    """The shards in the camera's order of preference."""
    return sorted(shards, key=lambda shard: (weight(camera, shard), shard), reverse=True)


def assign(
    camera_ids: Iterable[int],
    shards: Iterable[str],
    capacity: int | Mapping[str, int],
    held: Mapping[str, Iterable[int]] | None = None,
) -> dict[str, list[int]]:
    """Cameras of each live shard, sorted; a camera beyond all capacity is in none.

    `capacity` is one number for all or one per shard. `held` is what each shard held before (dead shards and
    deleted cameras in it are ignored).
    """
    wanted = sorted(set(camera_ids))
    room = {shard: capacity if isinstance(capacity, int) else capacity.get(shard, 0) for shard in shards}
    ranks = {camera: preference(camera, room) for camera in wanted}
    place = _stay(ranks, room, held or {})
    _improve(place, ranks, room)
    for camera in wanted:
        if camera not in place:
            shard = next((shard for shard in ranks[camera] if room[shard] > 0), None)
            if shard is not None:
                place[camera] = shard
                room[shard] -= 1
    result: dict[str, list[int]] = {shard: [] for shard in sorted(room)}
    for camera in wanted:
        if camera in place:
            result[place[camera]].append(camera)
    return result


def _stay(
    ranks: Mapping[int, list[str]], room: dict[str, int], held: Mapping[str, Iterable[int]]
) -> dict[int, str]:
    """Keep what a live shard holds; one that became too small keeps the cameras that prefer it most."""
    place: dict[int, str] = {}
    for shard in sorted(room):
        mine = [camera for camera in set(held.get(shard, ())) if camera in ranks and camera not in place]
        mine.sort(key=lambda camera: (ranks[camera].index(shard), -weight(camera, shard)))
        for camera in mine[: room[shard]]:
            place[camera] = shard
        room[shard] -= min(len(mine), room[shard])
    return place


def _improve(place: dict[int, str], ranks: Mapping[int, list[str]], room: dict[str, int]) -> None:
    """Move cameras to a shard they prefer while one has room; each move frees room, so until none is left."""
    moved = True
    while moved:
        moved = False
        for camera in sorted(place):
            here = place[camera]
            better = next((shard for shard in ranks[camera] if shard == here or room[shard] > 0), here)
            if better != here:
                place[camera] = better
                room[better] -= 1
                room[here] += 1
                moved = True
