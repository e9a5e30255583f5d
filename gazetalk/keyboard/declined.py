"""Keys that were taken and at once taken back: who undoes one hardly means it at the next look."""

from __future__ import annotations


class Declined:
    """The ids of keys taken back since something else was written."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._last = ("", "")  # a key, and the text that it led to

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._ids

    def took(self, key_id: str, text: str) -> None:
        """That key led to this text."""
        self._last = (key_id, text)

    def take_back(self, text: str) -> None:
        """Undo leads away from this text."""
        key_id, led_to = self._last
        if key_id and led_to == text:
            self._ids.add(key_id)

    def clear(self) -> None:
        """Something else was written."""
        self._ids.clear()
        self._last = ("", "")
