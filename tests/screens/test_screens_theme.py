"""Colours that people with weak eyes can tell apart."""

import pytest

from gazetalk.screens.look import THEMES as NAMES
from gazetalk.screens.look import Look
from gazetalk.screens.theme import Theme, contrast, pairs

THEMES = pytest.mark.parametrize(
    "theme",
    [Look(theme=name).colours(resting) for name in NAMES for resting in (False, True)],
    ids=[f"{name}{rest}" for name in NAMES for rest in ("", "-resting")],
)


def test_contrast_is_the_published_ratio() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert contrast((10, 20, 30), (10, 20, 30)) == 1


@THEMES
def test_text_stands_out_7_to_1_and_shapes_3_to_1_wherever_they_are_drawn(theme: Theme) -> None:
    """WCAG 2.2, 1.4.6 and 1.4.11, for every pair that is drawn."""
    found = {name: contrast(one, other) / least for name, one, other, least in pairs(theme)}
    assert {name: share for name, share in found.items() if share < 1} == {}


@THEMES
def test_the_pointer_stands_out_from_whatever_it_lies_on(theme: Theme) -> None:
    """It is a light ring beside a dark one: one of the two always does."""
    for ground in (theme.background, theme.key, theme.action, theme.fill, theme.warning):
        assert max(contrast(theme.text, ground), contrast(theme.background, ground)) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_at_rest_no_surface_is_brighter_than_a_dim_lamp(name: str) -> None:
    theme = Look(theme=name).colours(resting=True)
    for ground in (theme.background, theme.key, theme.action):
        assert contrast(ground, (0, 0, 0)) < 2


def test_low_blue_has_little_blue_in_any_colour() -> None:
    for resting in (False, True):
        for colour in vars(Look(theme="low-blue").colours(resting)).values():
            assert colour[2] <= 0.6 * colour[0]


@THEMES
def test_the_key_under_the_eyes_differs_in_lightness_not_only_in_colour(theme: Theme) -> None:
    assert contrast(theme.accent, theme.outline) >= 1.5
