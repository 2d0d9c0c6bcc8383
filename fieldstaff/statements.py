"""The one statement that writes any number of messages: history, phones heard, latest places.

Arrays of whole numbers go in, one a column; times are microseconds, so that they arrive as exactly as they
left.
"""

from __future__ import annotations

_PLACE = (
    "device_id", "fix_at", "recv_at", "lat_e7", "lon_e7", "flags", "acc_m", "speed_dms", "course", "batt",
)  # fmt: skip
_NEWER = "excluded.fix_at IS NOT NULL AND (l.fix_at IS NULL OR excluded.fix_at > l.fix_at)"


def _time(column: str) -> str:
    return f"'epoch'::timestamptz + {column} * interval '1 microsecond'"


def _arrays(*kinds: tuple[int, str]) -> str:
    return ", ".join(f"%s::{kind}[]" for count, kind in kinds for _ in range(count))


_STORED = f"""
INSERT INTO fieldstaff_position (device_id, fix_at, recv_at, officer_id, mono_ms, lat_e7, lon_e7, kind,
                                 flags, acc_m, speed_dms, course, alt_m, batt)
SELECT device, {_time("fix")}, {_time("recv")}, officer, mono, lat, lon, kind, flags, acc, speed, course, alt,
       batt
FROM unnest({_arrays((5, "bigint"), (2, "int"), (7, "smallint"))})
  AS u(device, fix, recv, officer, mono, lat, lon, kind, flags, acc, speed, course, alt, batt)
ON CONFLICT DO NOTHING
"""  # noqa: S608 - nothing but our own names

# Health is looked at by the minute: a backlog that drains in seconds writes the phone's row once.
_HEARD = f"""
UPDATE fieldstaff_device d SET
  last_recv_at = GREATEST(d.last_recv_at, {_time("u.recv")}),
  last_fix_at = GREATEST(d.last_fix_at, {_time("u.fix")}),
  clock_skew_s = COALESCE(u.skew, d.clock_skew_s)
FROM unnest({_arrays((3, "bigint"), (1, "int"))}) AS u(device, recv, fix, skew)
WHERE d.id = u.device AND (
  d.last_recv_at IS NULL OR {_time("u.recv")} >= d.last_recv_at + interval '30 seconds'
  OR u.skew IS NOT NULL AND (d.clock_skew_s IS NULL OR abs(u.skew - d.clock_skew_s) > 5)
)
"""  # noqa: S608

# Ordered, so that two writers take the rows of the same officers in the same order.
_MOVED = f"""
INSERT INTO fieldstaff_latest AS l (officer_id, last_contact, {", ".join(_PLACE)})
SELECT officer, {_time("contact")}, device, {_time("at")}, {_time("recv")}, lat, lon, flags, acc, speed,
       course, batt
FROM unnest({_arrays((5, "bigint"), (2, "int"), (5, "smallint"))})
  AS u(officer, contact, device, at, recv, lat, lon, flags, acc, speed, course, batt)
ORDER BY officer
ON CONFLICT (officer_id) DO UPDATE SET
  last_contact = GREATEST(l.last_contact, excluded.last_contact),
  {", ".join(f"{name} = CASE WHEN {_NEWER} THEN excluded.{name} ELSE l.{name} END" for name in _PLACE)}
"""  # noqa: S608

WRITE = f"""
WITH stored AS ({_STORED} RETURNING device_id, fix_at, kind), heard AS ({_HEARD}), moved AS ({_MOVED})
SELECT device_id, (extract(epoch FROM fix_at) * 1000000)::bigint, kind FROM stored
"""  # noqa: S608

# The same for many, where nobody asks what was new.
WRITE_MANY = f"WITH stored AS ({_STORED}), heard AS ({_HEARD}), moved AS ({_MOVED}) SELECT 1"
