"""Token buckets for opening streams: one per site and one for all, taken together or not at all.

A router behind a 4G link does not survive twenty cameras being opened at once, and neither do we. `refill`
and `take` are the arithmetic; `TAKE` is the same as a Lua script, so that takers in any number of processes
and machines share the buckets in Redis, on Redis's clock.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import redis


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` tokens a second, at most `burst` saved up. In any second at most `burst + rate` are taken."""

    rate: float
    burst: float = 1.0

    @classmethod
    def at_most(cls, per_second: float) -> "Limit":
        """Evenly spaced, never more than `per_second` in any second, with 5 % to spare for late takers."""
        return cls(rate=0.95 * per_second, burst=1.0)


@dataclass(frozen=True, slots=True)
class Level:
    """What a bucket holds and when that was counted (seconds on any one clock)."""

    tokens: float
    at: float

    @classmethod
    def full(cls, limit: Limit, at: float) -> "Level":
        """A bucket nobody took from yet."""
        return cls(limit.burst, at)


def refill(level: Level, limit: Limit, now: float) -> Level:
    """The bucket at `now`. A clock a little behind refills nothing; one that was set back is believed."""
    if now <= level.at:
        return replace(level, at=now) if level.at - now > _SET_BACK_S else level
    return Level(min(limit.burst, level.tokens + (now - level.at) * limit.rate), now)


def take(levels: Sequence[Level], limits: Sequence[Limit], now: float) -> tuple[list[Level], float]:
    """Take one token from every bucket, or none: the buckets, and 0 or the seconds until it may work."""
    filled = [refill(level, limit, now) for level, limit in zip(levels, limits, strict=True)]
    wait = max(
        (max(0.0, 1.0 - level.tokens) / limit.rate for level, limit in zip(filled, limits, strict=True)),
        default=0.0,
    )
    if wait > _EPSILON:
        return filled, wait
    return [replace(level, tokens=level.tokens - 1.0) for level in filled], 0.0


# A token that is missing by a rounding error of the clock is there.
_EPSILON = 1e-6
_SET_BACK_S = 60.0

TAKE = """
local now = tonumber(ARGV[1])
if now < 0 then
  local t = redis.call('TIME')
  now = tonumber(t[1]) * 1000000 + tonumber(t[2])
end
local tokens, stamp, wait = {}, {}, 0
for i, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local had = redis.call('HMGET', key, 't', 'a')
  local left, at = tonumber(had[1]), tonumber(had[2])
  stamp[i] = now
  if not left or not at then
    left = burst
  elseif now > at then
    left = math.min(burst, left + (now - at) * rate / 1000000)
  elseif at - now <= 60000000 then
    stamp[i] = at
  end
  tokens[i] = left
  wait = math.max(wait, (1 - left) / rate)
end
local taken = wait > 0.000001 and 0 or 1
for i, key in ipairs(KEYS) do
  local rate, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local left, at = string.format('%.9f', tokens[i] - taken), string.format('%.0f', stamp[i])
  redis.call('HSET', key, 't', left, 'a', at)
  redis.call('PEXPIRE', key, math.ceil(burst / rate * 1000) + 1000)
end
return taken == 1 and 0 or math.ceil(wait * 1000)
"""


def try_take(client: "redis.Redis", limits: Mapping[str, Limit], now_us: int | None = None) -> float:
    """Take one token from every bucket in Redis, or none, in one round trip.

    `limits` maps each full Redis key to its limit, such as the site's and the one for all. Returns 0.0 if the
    tokens are yours, else the seconds after which it may work; nothing is reserved. `now_us` replaces Redis's
    clock (microseconds) in tests. Raises what the client raises when Redis is away.
    """
    numbers = [number for limit in limits.values() for number in (limit.rate, limit.burst)]
    script = client.register_script(TAKE)
    wait_ms = script(keys=list(limits), args=[-1 if now_us is None else now_us, *numbers])
    return int(wait_ms) / 1000


def acquire(
    client: "redis.Redis",
    limits: Mapping[str, Limit],
    within_s: float,
    *,
    rng: random.Random,
    sleep: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Wait for a token of every bucket, `within_s` seconds at most. False: come back later, it was our limit.

    Waiters add jitter to what they are told, or they would all ask again in the same millisecond.
    """
    give_up = clock() + within_s
    while True:
        wait = try_take(client, limits)
        if wait <= 0:
            return True
        wait *= rng.uniform(1.0, 2.0)
        if clock() + wait > give_up:
            return False
        sleep(wait)
