"""Colours that people with weak eyes can tell apart, and a font that has their letters."""

import pytest

from gazetalk.screens.theme import DARK, RESTING, Theme, contrast, font_file

THEMES = pytest.mark.parametrize("theme", [DARK, RESTING], ids=["dark", "resting"])


def test_contrast_is_the_published_ratio() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert contrast((10, 20, 30), (10, 20, 30)) == 1


@THEMES
def test_text_stands_out_at_least_7_to_1_wherever_it_is_written(theme: Theme) -> None:
    for ground in (theme.background, theme.key, theme.action, theme.fill):
        assert contrast(theme.text, ground) >= 7
    for ink in (theme.muted, theme.warning):
        assert contrast(ink, theme.background) >= 7
    assert contrast(theme.on_warning, theme.warning) >= 7


@THEMES
def test_outlines_and_signs_stand_out_at_least_3_to_1(theme: Theme) -> None:
    for ground in (theme.background, theme.key, theme.action):
        for line in (theme.outline, theme.accent, theme.warning):
            assert contrast(line, ground) >= 3
    assert contrast(theme.accent, theme.fill) >= 3


@THEMES
def test_the_key_under_the_eyes_differs_in_lightness_not_only_in_colour(theme: Theme) -> None:
    assert contrast(theme.accent, theme.outline) >= 1.5


def test_the_font_with_accents_is_found_where_mediapipe_is_installed() -> None:
    pytest.importorskip("matplotlib")
    for bold in (False, True):
        path = font_file(bold)
        assert path is not None and path.name.startswith("DejaVuSans")
