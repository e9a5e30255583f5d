"""The shipped n-grams with the advice of a larger language model, as soon as that has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from gazetalk.keyboard.adviser import Adviser, Key, Wish
from gazetalk.keyboard.llm import SmolLM, find_model
from gazetalk.keyboard.said import Said, SaidFile
from gazetalk.keyboard.word_model import Over, Probabilities, WordModel
from gazetalk.keyboard.words import Cursor, cursor

# What a person says who has said nothing yet; written for this project. A model that has read what
# is written expects what is written: it must be shown that somebody speaks.
EVERYDAY = (
    "Could you open the window, please?",
    "I'm thirsty.",
    "Where is my phone?",
    "Thank you for coming to see me.",
    "What are we having for dinner tonight?",
    "I would like to go outside for a while.",
    "My back hurts, can you move the pillow?",
    "How was your day at work?",
    "I love you.",
    "Please call my sister and ask when she is coming.",
    "That was a good film.",
    "I don't want to go to bed yet.",
    "Can you help me with this?",
    "It is too cold in here.",
    "I will be ready in ten minutes.",
    "Did you remember to feed the dog?",
)
# So many of the person's own sentences stand before, the rest are everyday ones. Twelve held-out
# speakers of chitchat (920 words) saved 61.5 % with what they said before and the n-grams alone,
# 63.0 with everyday sentences before, 63.9 with eight of their own, 64.4 with those said since too.
OWN_LINES = 8
SINCE_LINES = 8  # sentences said since: at least so many newest ones are shown, and up to twice
LONGEST_SINCE = 1000  # characters of all these; the model's window is not endless
LONGEST_LINE = 80  # characters of a sentence that stands before
ADVISED = "en"  # the language that the larger model has read
LONGEST_KEY = 40  # words of the sentence so far
NUMBER = "10"  # stands for what is no word


class AdvisedLanguage(Over):
    """A word model that answers at once: with the mixture, if it is known for exactly this sentence
    so far, and with the n-grams alone until then.

    It never calls back. A keyboard asks at each selection, so an answer that has come meanwhile
    shows with the next one, and nothing moves under a look. Nothing is asked of the larger model
    before the words are shown: `expect` does that, and also asks ahead for each word that is shown,
    so that once one of them is chosen the answer is mostly there. A sentence's first word has
    nothing before it, and is left to the n-grams.

    since: gives what the person has said since the adviser began, the oldest first.
    """

    def __init__(
        self,
        model: WordModel,
        adviser: Adviser,
        since: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        super().__init__(model)
        self._adviser = adviser
        self._since = since

    def probabilities_at(self, at: Cursor) -> Probabilities:
        mixture = self._adviser.mixture(_key(at))
        return self._model.probabilities_at(at) if mixture is None else mixture

    def expect(self, context: str, words: Sequence[str]) -> None:
        now = cursor(context)
        ahead = [cursor(f"{context.rstrip()} {word} ") for word in words]
        unknown = [
            at for at in (now, *ahead) if at.words and self._adviser.mixture(_key(at)) is None
        ]
        if unknown:
            before = lines_since(self._since())
            self._adviser.wish([self._wish(at, before, urgent=at == now) for at in unknown])

    def _wish(self, at: Cursor, before: str, urgent: bool) -> Wish:
        key = _key(at)
        written = [
            self._model.cased(word, Cursor(key[:place])) if word else NUMBER
            for place, word in enumerate(key)
        ]
        text = " ".join(["-", *written])
        return Wish(key, before + text, self._model.probabilities_at(at), urgent)


class Advice:
    """The adviser of a running program: begun when it is first wanted, ended with the program."""

    def __init__(self) -> None:
        self._adviser: Adviser | None = None
        self._words: Sequence[str] = ()
        self._known = 0  # sentences, when it began

    def on(self, model: WordModel, file: SaidFile | None) -> WordModel:
        """An English model with advice; the same model where the extra is not installed.

        file: what its person said before, and goes on saying.
        """
        path = find_model()
        if path is None:
            return model
        if self._adviser is None or self._words != model.words:
            self.close()
            said = file.said if file else ()
            self._known = len(said)
            self._adviser = Adviser(partial(SmolLM, path), model.words, lines_before(texts(said)))
            self._words = model.words
        known = self._known
        return AdvisedLanguage(
            model, self._adviser, lambda: texts(file.said[known:]) if file else []
        )

    def trouble(self) -> str:
        """What has gone wrong, once."""
        return self._adviser.trouble() if self._adviser else ""

    def close(self) -> None:
        if self._adviser is not None:
            self._adviser.close()
            self._adviser = None


def lines_before(said: Sequence[str]) -> str:
    """What is shown to the model before every text, a line each: everyday sentences, and then the
    person's newest."""
    own = said[-OWN_LINES:]
    return _lines([*EVERYDAY[len(own) :], *own])


def lines_since(said: Sequence[str]) -> str:
    """The newest of what was said since. Their first changes seldom, as what begins like the text
    before need not be read again."""
    newest = said[max(0, len(said) // SINCE_LINES - 1) * SINCE_LINES :]
    while len(lines := _lines(newest)) > LONGEST_SINCE:
        newest = newest[1:]
    return lines


def texts(said: Iterable[Said]) -> list[str]:
    """Sentences that are worth showing to a model of English."""
    lines = (" ".join(each.text.split()) for each in said if not each.alone)
    return [each for each in lines if " " in each and each.isascii() and len(each) <= LONGEST_LINE]


def _lines(sentences: Iterable[str]) -> str:
    return "".join(f"- {each}\n" for each in sentences)


def _key(at: Cursor) -> Key:
    return at.words[-LONGEST_KEY:]
