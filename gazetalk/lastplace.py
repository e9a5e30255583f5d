"""Where the face was in the picture when somebody last sat well: a few figures in the profile."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from gazetalk.files import write_atomically
from gazetalk.tracking.picture import FacePlace

FILE = "seat.json"
FACE = ("x", "y", "width", "height")
# As last time: within a tenth of the distance, and within half a face to the side.
ALIKE = 0.1
ASIDE = 0.5
AS_LAST_TIME = "You sit as last time"


@dataclass(frozen=True)
class LastPlace:
    """The face then, and the camera that saw it (a source's name): another one says nothing."""

    camera: str
    face: FacePlace

    def words(self, now: FacePlace) -> str:
        """What would bring a person there again, in one line."""
        then = self.face
        wide = now.width / max(1e-6, then.width)
        aside, lower = (now.x - then.x) / then.width, (now.y - then.y) / then.height
        steps = []
        if abs(wide - 1) > ALIKE:
            steps.append("a little closer" if wide < 1 else "a little further back")
        if abs(aside) > ASIDE:
            steps.append("more to your left" if aside > 0 else "more to your right")
        if abs(lower) > ASIDE:
            steps.append("a little higher" if lower > 0 else "a little lower")
        return f"As last time: {', '.join(steps)}" if steps else AS_LAST_TIME


def load_place(folder: Path) -> LastPlace | None:
    """The last place of the profile in that folder; None where there is none that can be read: it
    is a help, and nothing depends on it."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        face = FacePlace(**{name: float(content["face"][name]) for name in FACE})
        place = LastPlace(str(content["camera"]), face)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    sound = all(0 < value < 1 for value in (face.width, face.height))
    return place if sound and all(-1 < value < 2 for value in (face.x, face.y)) else None


def save_place(folder: Path, place: LastPlace) -> None:
    """Raises OSError."""
    write_atomically(folder / FILE, json.dumps(asdict(place), indent=2) + "\n")
