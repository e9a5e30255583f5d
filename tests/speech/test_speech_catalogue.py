"""`gazetalk voices`: what speaks here, each with a sample, and why the others do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from gazetalk.speech.catalogue import list_voices
from gazetalk.speech.wav import Wav

pytest.importorskip("espeakng_loader", reason="eSpeak NG comes as a wheel on Linux only")


def test_what_works_and_what_does_not_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text('name = "A"\nlanguage = "de"\nengine = "espeak"\n')
    (tmp_path / "typo.toml").write_text('name = "B"\nlanguage = "en"\nrate = 9\n')
    (tmp_path / "none.toml").write_text(
        'name = "C"\nlanguage = "en"\nengine = "espeak"\nvoice = "xx-yy"\n'
    )
    good, none, typo = list_voices(tmp_path, tmp_path / "samples")
    assert (good.name, good.works, good.detail) == ("good", True, "espeak")
    assert good.sample is not None
    assert Wav.read(good.sample).duration_s > 2
    assert not none.works
    assert "espeak has no voice 'xx-yy'" in none.detail
    assert not typo.works
    assert "line 3: rate must be from 60 to 400" in typo.detail
    assert [path.name for path in (tmp_path / "samples").iterdir()] == ["good.wav"]
