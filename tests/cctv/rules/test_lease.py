"""Who holds which stream: stable, bounded, and little moves."""

from hypothesis import given
from hypothesis import strategies as st

from cctv.capture.lease import assign, preference

cameras = st.sets(st.integers(1, 10_000), max_size=120)
shards = st.sets(st.sampled_from([f"hold.node{number}" for number in range(8)]), min_size=1)


def where(assignment: dict[str, list[int]]) -> dict[int, str]:
    return {camera: shard for shard, mine in assignment.items() for camera in mine}


@given(cameras, shards, st.integers(0, 60))
def test_everyone_has_one_shard_when_capacity_allows_and_no_shard_has_too_many(ids, nodes, capacity):
    plan = assign(ids, nodes, capacity)
    assert plan.keys() == nodes
    assert all(len(mine) <= capacity for mine in plan.values())
    placed = [camera for mine in plan.values() for camera in mine]
    assert len(placed) == len(set(placed)) == min(len(ids), capacity * len(nodes))


@given(cameras, shards, st.data())
def test_a_dead_shard_moves_only_its_own_cameras(ids, nodes, data):
    before = assign(ids, nodes, 200)
    dead = data.draw(st.sampled_from(sorted(nodes)))
    after = where(assign(ids, nodes - {dead}, 200))
    for shard, mine in before.items():
        if shard != dead:
            assert all(after[camera] == shard for camera in mine)


@given(cameras, st.sets(st.sampled_from("abcdefgh"), min_size=2), st.integers(5, 40), st.data())
def test_a_dead_shard_moves_only_its_own_cameras_even_when_the_others_are_full(ids, nodes, capacity, data):
    before = assign(ids, nodes, capacity)
    dead = data.draw(st.sampled_from(sorted(nodes)))
    after = where(assign(ids, nodes - {dead}, capacity, held=before))
    for shard, mine in before.items():
        if shard != dead:
            assert all(after[camera] == shard for camera in mine)
    placed = len(after)
    assert placed == min(len(ids), capacity * (len(nodes) - 1))


@given(cameras, shards, st.integers(1, 60))
def test_asking_again_with_what_is_held_changes_nothing(ids, nodes, capacity):
    plan = assign(ids, nodes, capacity)
    assert assign(ids, nodes, capacity, held=plan) == plan


@given(cameras, shards)
def test_a_new_shard_takes_only_the_cameras_that_prefer_it(ids, nodes):
    before = where(assign(ids, nodes, 200))
    held = assign(ids, nodes, 200)
    after = where(assign(ids, nodes | {"new"}, 200, held=held))
    for camera in ids:
        if after[camera] != before[camera]:
            assert after[camera] == "new"
            assert preference(camera, nodes | {"new"})[0] == "new"


@given(
    cameras,
    shards,
    st.dictionaries(st.sampled_from([f"hold.node{number}" for number in range(8)]), cameras),
    st.integers(0, 40),
)
def test_any_memory_of_what_was_held_gives_a_whole_plan(ids, nodes, held, capacity):
    plan = assign(ids, nodes, capacity, held=held)
    placed = [camera for mine in plan.values() for camera in mine]
    assert len(placed) == len(set(placed)) == min(len(ids), capacity * len(nodes))
    assert set(placed) <= ids
    assert all(len(mine) <= capacity for mine in plan.values())


def test_a_thousand_cameras_spread_evenly_and_machines_may_differ_in_size():
    sizes = [len(mine) for mine in assign(range(1_000), [f"n{number}" for number in range(5)], 400).values()]
    assert min(sizes) > 150 and max(sizes) < 250
    plan = assign(range(100), ["big", "small"], {"big": 90, "small": 10})
    assert (len(plan["big"]), len(plan["small"])) == (90, 10)


def test_the_answer_is_the_same_on_every_machine_and_release():
    assert assign([1, 2, 3, 4, 5, 6], ["a", "b", "c"], 10) == assign([6, 5, 4, 3, 2, 1], ["c", "b", "a"], 10)
    assert preference(12, ["a", "b", "c"]) == PINNED


# Changing the hash would move every held stream of a running city at once.
PINNED = ["c", "a", "b"]
