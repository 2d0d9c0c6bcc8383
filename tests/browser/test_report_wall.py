"""The wall's scene of reports: whole rows, a count that stays, a legend and a map of reports."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.long, pytest.mark.browser]
SCENE = """() => {
  const rows = [...document.querySelectorAll('[data-tile="complaints.feed"] .cc-list > li')];
  const list = rows[0].parentElement, box = list.getBoundingClientRect();
  const shown = rows.map((row) => row.getBoundingClientRect()).filter((row) => row.left < box.right - 1);
  return {
    hidden: list.dataset.hidden ?? "", out: rows.length - shown.length,
    cut: shown.filter((row) => row.bottom > box.bottom + 1).length,
    small: shown.filter((row) => row.height < 40).length,
    channels: document.querySelectorAll('[data-tile="complaints.channels"] .cc-list > li').length,
    legend: document.querySelector(".cc-map-legend")?.innerText ?? "",
    ready: document.querySelector("cc-map").hasAttribute("data-ready"),
    marks: document.querySelectorAll(".cc-map-mark").length,
  };
}"""


def test_the_scene_can_be_read_and_says_what_it_leaves_out(visit, house):
    page = visit("/desk/wall/", login="operator", size=(1920, 1080))
    page.get_by_role("link", name="Laporan warga", exact=True).first.click()
    page.wait_for_selector("cc-map[data-ready]")
    seen = []
    for _second in range(4):
        page.wait_for_timeout(1100)
        seen.append(page.evaluate(SCENE))
    for scene in seen:
        assert scene["out"] > 0 and f"+{scene['out']}" in scene["hidden"], "the count stays, second by second"
        assert scene["cut"] == scene["small"] == 0
    last = seen[-1]
    # Twelve of the citizens; that of the officers outside comes with their first report.
    assert last["ready"] and last["marks"] > 3 and last["channels"] in {12, 13}
    assert "Selesai" in last["legend"] and "kamera" not in last["legend"]
