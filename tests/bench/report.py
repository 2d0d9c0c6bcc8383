"""One way for every bench to say what it measured, against which target, and why it missed."""

import json
from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict

Op = Literal["<=", ">=", "<", ">", "==", "info"]


class Metric(TypedDict):
    """One measured figure. ``spread`` is in the same unit (say, max - min over ``n`` repeats).

    ``op`` "info" means the figure has no target; its ``ok`` is always true. ``ok`` None means that it
    could not be measured here, and ``reason`` says why.
    """

    value: float | None
    unit: str
    op: Op
    target: float | None
    ok: bool | None
    n: int
    spread: float | None
    reason: NotRequired[str]


def metric(
    value: float | None,
    unit: str,
    op: Op = "info",
    target: float | None = None,
    *,
    n: int = 1,
    spread: float | None = None,
    reason: str = "",
) -> Metric:
    """Build a metric and judge it. A value of None (not measurable) misses unless ``op`` is "info"."""
    found = Metric(
        value=value, unit=unit, op=op, target=target, ok=_holds(value, op, target), n=n, spread=spread
    )
    if reason:
        found["reason"] = reason
    return found


def _holds(value: float | None, op: Op, target: float | None) -> bool:
    if op == "info":
        return True
    if target is None:
        raise ValueError(f"a metric with {op} needs a target")
    if value is None:
        return False
    return {
        "<=": value <= target,
        ">=": value >= target,
        "<": value < target,
        ">": value > target,
        "==": value == target,
    }[op]


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4g}"


def _row(name: str, found: Metric) -> tuple[str, ...]:
    target = "" if found["op"] == "info" else f"{found['op']} {_number(found['target'])}"
    verdict = {True: "ok", False: "MISSED", None: "n/a"}[found["ok"]] if found["op"] != "info" else ""
    spread = "" if found["spread"] is None else f"±{_number(found['spread'])}"
    return (
        name,
        _number(found["value"]),
        found["unit"],
        target,
        verdict,
        str(found["n"]),
        spread,
        found.get("reason", ""),
    )


def print_table(metrics: Mapping[str, Metric]) -> None:
    """Print one aligned row per metric; missed targets say MISSED and their reason."""
    head = ("metric", "value", "unit", "target", "", "n", "spread", "note")
    rows = [head, *(_row(name, found) for name, found in metrics.items())]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    for number, row in enumerate(rows):
        # Figures line up on the right, words on the left.
        cells = [
            cell.rjust(w) if i in (1, 5) else cell.ljust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip(), flush=True)
        if number == 0:
            print("  ".join("-" * w for w in widths), flush=True)


def emit(metrics: Mapping[str, Metric], as_json: bool) -> None:
    """Print the table and, with ``as_json``, the same figures as one JSON object on the last line."""
    print_table(metrics)
    if as_json:
        print(json.dumps(metrics, ensure_ascii=False, allow_nan=False), flush=True)
