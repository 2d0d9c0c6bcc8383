"""The worked rows of the wall's letter sizes."""

import pytest

from commandcenter.wall.legibility import Screen, bar_px, font_px, root_px

WALL_2X2 = Screen(3840, 2160, 110)
ONE_65 = Screen(3840, 2160, 65)


@pytest.mark.parametrize(
    ("screen", "pitch", "at_16", "at_21", "root"),
    [(WALL_2X2, 0.634, 61, 80, 32), (ONE_65, 0.375, 103, 136, 54)],
)
def test_the_worked_rows(screen: Screen, pitch: float, at_16: int, at_21: int, root: int) -> None:
    assert round(screen.pitch_mm, 3) == pitch
    assert round(font_px(screen, 6)) == at_16
    assert round(font_px(screen, 6, 21)) == at_21
    assert round(root_px(screen, 6)) == root


@pytest.mark.parametrize("distance", [2, 3, 4.5, 6])
@pytest.mark.parametrize("screen", [WALL_2X2, ONE_65, Screen(1920, 1080, 55)])
def test_must_read_text_subtends_sixteen_minutes_of_arc(screen: Screen, distance: float) -> None:
    capital_mm = root_px(screen, distance) * 1.9 * 0.72 * screen.pitch_mm
    assert capital_mm / distance >= 4.65 * 0.99


def test_a_scene_still_fits_where_the_viewer_is_too_far_away() -> None:
    assert root_px(Screen(1920, 1080, 24), 20) == pytest.approx(1080 / 26, rel=0.01)
    assert root_px(Screen(1920, 1080, 24), 0.3) == 12


def test_the_ruler_bar() -> None:
    assert bar_px(WALL_2X2) * WALL_2X2.pitch_mm == pytest.approx(100)
