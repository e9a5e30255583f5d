"""Text cut into lines, by whatever measures its width."""

from __future__ import annotations

from collections.abc import Callable


def wrap(text: str, width_px: float, measure: Callable[[str], float]) -> list[str]:
    """The text in lines that `measure` no wider than `width_px`, broken after spaces if it can be.

    Joined, the lines are the text again, but for line breaks. A new line starts only when needed,
    so earlier lines stay as they are while the text grows. At least one line, perhaps empty.
    """
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _words(paragraph):
            # Spaces at the end of a line may hang over.
            if line and measure((line + word).rstrip(" ")) > width_px:
                lines.append(line)
                line = ""
            while len(word) > 1 and not line and measure(word.rstrip(" ")) > width_px:
                fitting = _fitting_length(word, width_px, measure)
                lines.append(word[:fitting])
                word = word[fitting:]
            line += word
        lines.append(line)
    return lines


def _words(text: str) -> list[str]:
    """The text cut after each run of spaces."""
    words, start = [], 0
    for index in range(1, len(text)):
        if text[index - 1] == " " and text[index] != " ":
            words.append(text[start:index])
            start = index
    return [*words, text[start:]]


def _fitting_length(word: str, width_px: float, measure: Callable[[str], float]) -> int:
    """How many letters of the word fit, at least one."""
    length = 1
    while length < len(word) and measure(word[: length + 1]) <= width_px:
        length += 1
    return length
