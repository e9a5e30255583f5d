"""Whoever sits opposite sees what was written, or only what is said; and that there is more."""

from dataclasses import dataclass, replace

from gazetalk.keyboard.dwell import DwellState
from gazetalk.keyboard.keyboard import KeyboardState
from gazetalk.keyboard.layout import load_layout
from gazetalk.partner import SAID_S, WRITING_S, Partner
from gazetalk.screens.partner import PartnerView
from gazetalk.speech.timing import Spoken

EMPTY = KeyboardState(load_layout("qwerty").place(800, 600), "", DwellState(), False, None)


@dataclass
class Voice:
    spoken: Spoken | None = None
    speaking: bool = False
    paused: bool = False
    ringing: bool = False


def written(text: str, guess: str = "") -> KeyboardState:
    return replace(EMPTY, text=text, guess=guess)


def test_what_is_written_is_read_along_and_writing_is_told_for_a_while() -> None:
    partner, silent = Partner(), Voice()
    assert partner.view(EMPTY, silent, 0.0, False) == PartnerView()
    assert partner.view(written("hi"), silent, 1.0, False) == PartnerView("hi", doing="writing")
    assert partner.view(written("hi"), silent, 1.0 + WRITING_S, False) == PartnerView("hi")
    assert partner.view(written("hi", "th"), silent, 9.0, False).doing == "writing"


def test_in_private_only_what_is_said_is_read() -> None:
    partner, text = Partner(), written("hello there")
    assert partner.view(EMPTY, Voice(), 0.0, True).words == ""
    assert partner.view(text, Voice(), 1.0, True) == PartnerView(doing="writing")
    says = Voice(Spoken("hello there", 6, 11), speaking=True)
    told = partner.view(text, says, 2.0, True)
    assert told == PartnerView("hello there", (6, 11), "speaking")
    assert partner.view(text, Voice(), 3.0, True).words == "hello there"
    assert partner.view(text, Voice(), 2.1 + SAID_S, True).words == ""
    partner.view(text, says, 20.0, True)
    assert partner.view(written("hello there, my"), Voice(), 21.0, True).words == ""


def test_what_was_said_stays_to_be_read_when_the_text_is_cleared() -> None:
    partner, text = Partner(), written("yes")
    partner.view(text, Voice(Spoken("yes", 0, 3), speaking=True), 1.0, False)
    assert partner.view(EMPTY, Voice(), 2.0, False) == PartnerView("yes")


def test_a_phrase_that_is_not_in_the_text_is_read_while_it_is_said() -> None:
    says = Voice(Spoken("I am thirsty", 0, 1), speaking=True)
    told = Partner().view(written("good"), says, 1.0, False)
    assert told == PartnerView("I am thirsty", (0, 1), "speaking")


def test_the_bell_and_what_is_amiss_are_told() -> None:
    told = Partner().view(EMPTY, Voice(ringing=True), 0.0, True, "no sound")
    assert told == PartnerView(ringing=True, warning="no sound")
