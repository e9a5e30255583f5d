"""What a report takes of a kept calibration and assessment, whatever hands made of the files."""

from __future__ import annotations

import math
from typing import Any

from gazetalk.clinic.assess import REGIONS
from gazetalk.clinic.assessments import AssessmentError, list_assessments, read_assessment
from gazetalk.clinic.gazed import as_json, from_json
from gazetalk.clinic.profile import Profile

REGION_KEYS = ("offset_mm", "sd_mm", "targets")  # of an assessment's, that are told
# Of a way of writing that was tried, and of one that was predicted; and what each must be.
TRIAL = {"layout": str, "right": int, "asked": int, "seconds": float, "wpm": float}
OPTION = {"method": str, "wpm": float, "low_wpm": float, "high_wpm": float, "fails": float}


def assessment_told(profile: Profile) -> dict[str, Any] | None:
    """What the last assessment came to; None without one, or for what hands made of it."""
    kept = list_assessments(profile)
    if not kept:
        return None
    try:
        told = read_assessment(kept[-1])
    except AssessmentError:
        return None
    regions, words = (told.get("figures") or {}).get("regions"), told["recommendation"].get("words")
    if not isinstance(regions, list) or not all(map(_is_region, regions)):
        return None
    if len(regions) != len(REGIONS) or not isinstance(words, list):
        return None
    return {
        "created": str(told.get("created", "")),
        "regions": [{key: region[key] for key in REGION_KEYS} for region in regions],
        "words": [str(line) for line in words],
        "gazed": _gazed((told["figures"]).get("screen"), told["figures"].get("gazed")),
        "trials": _rows(told.get("trials"), TRIAL),
        "options": _rows(told["recommendation"].get("options"), OPTION),
    }


def _is_region(found: Any) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get("targets"), int):
        return False
    return all(isinstance(found.get(key), float | int | None) for key in ("offset_mm", "sd_mm"))


def calibration_told(found: dict[str, Any] | None) -> dict[str, Any] | None:
    """A calibration's quality as `save_calibration` writes it; None for what hands made of it."""
    if found is None:
        return None
    kinds = {kind: found.get(kind) for kind in ("validation", "left_out")}
    return {
        **found,
        **{kind: is_so if _is_accuracy(is_so) else None for kind, is_so in kinds.items()},
        "gazed": _gazed(found.get("screen"), found.get("gazed")),
    }


def _is_accuracy(found: Any) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get("data_loss"), float | int | None):
        return False
    measures = [found.get(name) for name in ("offset", "rms_s2s", "sd")]
    return all(
        one is None
        or (
            isinstance(one, dict)
            and all(isinstance(one.get(u), float | int) for u in ("mm", "deg"))
        )
        for one in measures
    )


def _gazed(size: Any, found: Any) -> dict[str, Any] | None:
    """Where gaze fell, as it is drawn; None where that is not known."""
    told = from_json(size, found)
    if told is None:
        return None
    width_mm, height_mm, records = told
    return {"width_mm": width_mm, "height_mm": height_mm, "targets": as_json(records)}


def _rows(found: Any, kinds: dict[str, type]) -> list[dict[str, Any]]:
    """Those of a table's rows that are what they should be."""
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return [
        {name: row[name] for name in kinds}
        for row in rows
        if all(_is_a(row.get(name), kind) for name, kind in kinds.items())
    ]


def _is_a(value: Any, kind: type) -> bool:
    if kind is str or isinstance(value, bool):
        return isinstance(value, str) and kind is str
    if kind is int:
        return isinstance(value, int)
    return value is None or (isinstance(value, int | float) and math.isfinite(value))
