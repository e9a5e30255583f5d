"""How likely it is that a look means something other than a letter of the word."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence

import numpy as np

from gazetalk.keyboard.aim import Fix, Floats, Offsets
from gazetalk.keyboard.alignment import NEVER
from gazetalk.keyboard.choice import Choice
from gazetalk.keyboard.layout import Board, Key
from gazetalk.keyboard.underway import Underway

KEY_LOG = {
    "more": math.log(0.03),
    "undo": math.log(0.02),
    "restart": math.log(0.03),
    "back": math.log(0.05),
}
RARE_LOG = math.log(0.004)  # keys that are seldom meant
ENDS = {"space": 1.0, "type": 0.1}  # of words that are ended by a space or a sign, by each
LEAST_SIGN = 0.03  # a sign follows a word at least this often
AGAIN_LOG = math.log(0.03)  # of looks at a key that was just taken back, against the usual ones
WANT_TEXT = ("speak", "speak-sentence", "speak-word", "clear", "space")  # do nothing without any
LEAST_DOUBT = 0.02  # nobody is so sure that a word was right that it could not be taken back
STRAY = 0.01  # looks that mean nothing wherever they fall, for each that is meant
READING = 0.3  # looks that rest on the text, for each that is meant: people read a lot


def log_weights(
    keys: Sequence[Key],
    word: Underway,
    offered: Sequence[str],
    doubt: float | None,
    signs: Mapping[str, float],
) -> list[float]:
    """log P(a look means that key, the looks before) of each key, none of which is a letter.

    On the scale of the word's evidence. doubt: P(the word before is wrong), None if there is none.
    signs: P(the sentence ends with that sign), by sign.
    """
    words, evidence = word.log_weights(offered), word.log_evidence
    weights = []
    for key in keys:
        number = key.choice
        if number is not None:
            there = number < len(words)
            weights.append(words[number] + math.log(word.noticed) if there else float(NEVER))
        elif word.looks and key.action in ENDS:
            weights.append(word.log_whole + math.log(word.spaced * ENDS[key.action]))
        elif key.action == "undo" and doubt is not None and not word.looks:
            weights.append(evidence + math.log(max(doubt, LEAST_DOUBT)))
        elif key.action == "type" and signs:
            weights.append(evidence + math.log(_sign(key.text, signs)))
        else:
            weights.append(evidence + KEY_LOG.get(key.action, RARE_LOG))
    return weights


def less_likely(
    keys: Sequence[Key], weights: Sequence[float], declined: Container[str], blank: bool
) -> list[float]:
    """The weights, less for keys that were just taken back and for those that would do nothing.

    declined: ids of keys. blank: nothing is written, nor is a word under way.
    """
    return [
        float(NEVER)
        if blank and key.action in WANT_TEXT
        else weight + AGAIN_LOG * (key.id in declined)
        for key, weight in zip(keys, weights, strict=True)
    ]


def _sign(sign: str, signs: Mapping[str, float]) -> float:
    """P(it comes next): people do not always write the sign that is expected."""
    return max(LEAST_SIGN, (signs.get(sign, 0.0) + sum(signs.values())) / 2)


def log_looked(
    keys: Sequence[Key], weights: Sequence[float], offsets: Offsets, fixes: Sequence[Fix]
) -> Floats:
    """log P(all these looks were at that key) of each, on the scale of its weights."""
    choice = Choice([key.rect.centre for key in keys], weights, offsets)
    for fix in fixes:
        choice.look(fix)
    return choice.log_weights


def log_idle(board: Board, offsets: Offsets, log_anywhere: float, fix: Fix) -> float:
    """log density of a look that means nothing: it reads the text, or strays.

    log_anywhere: log density of a look that falls anywhere.
    """
    stray = log_anywhere + math.log(STRAY)
    return float(np.logaddexp(stray, log_reading(board, offsets, fix)))


def log_reading(board: Board, offsets: Offsets, fix: Fix) -> float:
    """log density of a look that only reads the text, anywhere along it.

    Only looks above the letters may be of reading.
    """
    strip = board.text_rect
    letters_px = min(key.rect.y for key in board.keys if key.spells)
    if not strip.height or fix.y_px >= letters_px:
        return float(NEVER)
    variance = float(offsets.own_px2[1] + offsets.shared_px2[1] + fix.var_y_px2)
    beside = float(fix.y_px - offsets.mean_px[:, 1].mean() - strip.centre[1])
    log = -0.5 * (beside**2 / variance + math.log(2 * math.pi * variance))
    return log - math.log(board.width_px) + math.log(READING)
