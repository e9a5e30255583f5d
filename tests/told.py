"""What a running program has told in its transcript so far."""

import json
from pathlib import Path


def told(transcript: Path) -> list[dict]:
    """Its events; none before the file is there, and none that is half written."""
    if not transcript.exists():
        return []
    lines = transcript.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]
