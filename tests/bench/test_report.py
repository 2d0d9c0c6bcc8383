import json

import pytest

from tests.bench.report import emit, metric


def test_a_missed_target_is_named_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    emit(
        {
            "recall": metric(0.97, "share", ">=", 0.95, n=500, spread=0.01),
            "late": metric(14.2, "s", "<=", 12, reason="two cores shared"),
            "memory": metric(4096, "B"),
            "unmeasured": metric(None, "s", "<=", 1, reason="no browser"),
        },
        as_json=True,
    )
    out = capsys.readouterr().out.splitlines()
    assert "MISSED" in next(line for line in out if line.startswith("late"))
    assert "4,096" in next(line for line in out if line.startswith("memory"))
    found = json.loads(out[-1])
    assert [found[k]["ok"] for k in ("recall", "late", "memory", "unmeasured")] == [True, False, True, False]
    assert found["late"]["reason"] == "two cores shared"


def test_a_target_is_required_where_a_figure_is_judged() -> None:
    with pytest.raises(ValueError, match="needs a target"):
        metric(1.0, "s", "<=")
