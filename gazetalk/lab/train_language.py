"""Trains the English language model: counts of chat and of our own everyday sentences.

`gazetalk lab train-language --out FILE`. The same input gives the same bytes. Nothing is trained on
the sentences that the model is measured on, nor on the conversations of chitchat that are held out.
"""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from gazetalk.files import write_atomically
from gazetalk.keyboard.language_file import LETTERS, LOG_STEPS, Tables, pack, share_bytes
from gazetalk.lab.corpora import (
    UNKNOWN,
    Cleaner,
    Patterns,
    Sentence,
    chitchat_turns,
    dictionary,
    everyday_sentences,
    frequent_words,
    held_out,
)
from gazetalk.lab.ngrams import BITS, MASK, Counts, Shares, continuations, count, discounts, shares
from gazetalk.lab.vocabulary import choose_words, flag

LIMIT_BYTES = 3_990_000
SEED = 0
EACH_PATTERN = 200  # sentences drawn from a pattern
EVERYDAY_WEIGHT = 40.0  # a sentence of ours counts as so many of chat; tuned on half of the
PATTERN_WEIGHT = 2.0  # development phrases, as is this
BOOK_POWER = 0.7  # flattens the frequencies of books, which are not what people say
RAREST = 1e4  # books' count of a word that they do not list
REPEATS = 2  # of one person's same sentence; more are jokes or bots


@dataclass(frozen=True)
class Corpus:
    """Sentences with the weight of each, and who wrote it."""

    sentences: list[tuple[str, Sentence]]
    weights: list[float]


def train(out: Path, limit_bytes: int, log: TextIO) -> int:
    """Train and write the model; its size in bytes. Raises LabError."""
    corpus = read_corpus()
    chat = [pair for pair in corpus.sentences if pair[0]]
    seen = frequent_words(chat)
    own = {word for who, each in corpus.sentences if not who for word in each.words}
    words = choose_words(seen, own - {UNKNOWN})
    print(f"{len(corpus.sentences)} sentences, {len(words)} words", file=log)
    orders = estimate(corpus, words)
    sizes = ", ".join(str(len(order.grams)) for order in orders)
    print(f"grams of one, two and three words: {sizes}", file=log)
    model = functools.partial(_packed, words, _marks(words, seen, corpus), orders)
    content = _fitted(model, orders, words, limit_bytes)
    write_atomically(out, content)
    print(f"{out}: {len(content)} bytes", file=log)
    return len(content)


def read_corpus() -> Corpus:
    """The training half of chitchat, our sentences and those drawn from our patterns."""
    cleaner = Cleaner()
    said: Counter[tuple[str, tuple[str, ...]]] = Counter()
    sentences: list[tuple[str, Sentence]] = []
    weights: list[float] = []
    for turn in chitchat_turns():
        if held_out(turn.conversation):
            continue
        for sentence in cleaner.sentences(turn.text):
            said[turn.speaker, sentence.words] += 1
            if said[turn.speaker, sentence.words] <= REPEATS or len(sentence.words) < 4:
                sentences.append((turn.speaker, sentence))
                weights.append(1.0)
    drawn = Patterns(everyday_sentences("patterns")).draw(EACH_PATTERN, SEED)
    for texts, weight in ((everyday_sentences(), EVERYDAY_WEIGHT), (drawn, PATTERN_WEIGHT)):
        for text in texts:
            for sentence in cleaner.sentences(text):
                sentences.append(("", sentence))
                weights.append(weight)
    return Corpus(sentences, weights)


def estimate(corpus: Corpus, words: list[str]) -> list[Shares]:
    """Modified Kneser-Ney shares of orders 1 to 3."""
    start, breaker = len(words), len(words) + 1
    place = {word: i for i, word in enumerate(words)}
    stream: list[int] = []
    weights: list[float] = []
    for (_, sentence), weight in zip(corpus.sentences, corpus.weights, strict=True):
        stream += [start, *(place.get(word, breaker) for word in sentence.words)]
        weights += [weight] * (len(sentence.words) + 1)
    ids, each = np.array(stream), np.array(weights)
    raw = [count(ids, each, order, breaker, start) for order in (1, 2, 3)]
    counted = [continuations(raw[1], raw[0], start), continuations(raw[2], raw[1], start), raw[2]]
    alone = counted[0].last < start
    counted[0] = Counts(1, counted[0].grams[alone], counted[0].counts[alone])
    result = []
    for order, seen in zip(counted, raw, strict=True):
        share = shares(order, discounts(order.counts))
        # How often a gram was really said decides whether it is worth its bytes.
        said = seen.counts[np.searchsorted(seen.grams, share.grams)]
        result.append(Shares(share.order, share.grams, share.alpha, said))
    return result


def unigram(words: list[str], order: Shares) -> NDArray[np.float64]:
    """(V,) P(word): what chat leaves goes to words by their frequency in books."""
    books = dictionary()
    base = np.array([max(books.get(word, 0), RAREST) for word in words], dtype=float)
    base **= BOOK_POWER
    p = np.zeros(len(words))
    p[order.grams.astype(np.int64)] = order.alpha
    return p + (1 - p.sum()) * base / base.sum()


def worth(p: NDArray[np.float64], pairs: Shares, triples: Shares) -> tuple[Any, Any]:
    """How many nats of the training text each kept bigram and trigram saves."""
    pair_rest = _rest(pairs)
    pair_words = (pairs.grams & MASK).astype(np.int64)
    pair_p = pairs.alpha + pair_rest * p[pair_words]
    without = (pair_rest + pairs.alpha) * p[pair_words]
    pair_worth = pairs.counts * np.log(pair_p / without)
    # The same words without the oldest: in the bigrams, or backing off from them.
    tail = triples.grams & np.uint64(2 ** (2 * BITS) - 1)
    at = np.searchsorted(pairs.grams, tail).clip(0, len(pairs.grams) - 1)
    lower = np.where(pairs.grams[at] == tail, pair_p[at], p[(tail & MASK).astype(np.int64)])
    triple_rest = _rest(triples)
    triple_p = triples.alpha + triple_rest * lower
    triple_worth = triples.counts * np.log(triple_p / ((triple_rest + triples.alpha) * lower))
    return pair_worth, triple_worth


def _rest(order: Shares) -> NDArray[np.float64]:
    """What the shares of each gram's context leave."""
    _, index = np.unique(order.grams >> np.uint64(BITS), return_inverse=True)
    return (1 - np.bincount(index, order.alpha))[index].clip(1e-6, 1)


def _fitted(model: Any, orders: list[Shares], words: list[str], limit_bytes: int) -> bytes:
    """The file with as many grams, the worthiest, as the limit allows."""
    pair_worth, triple_worth = worth(unigram(words, orders[0]), orders[1], orders[2])
    everything = np.sort(np.concatenate([pair_worth, triple_worth]))[::-1]
    low, high, best = 0, len(everything), b""
    while high - low > 500:
        kept = (low + high + 1) // 2
        least = everything[kept - 1]
        triples = orders[2].keep(triple_worth >= least)
        parents = np.isin(orders[1].grams, triples.grams >> np.uint64(BITS))
        pairs = orders[1].keep((pair_worth >= least) | parents)
        # A trigram whose first two words are no known bigram has no place to stand.
        triples = triples.keep(np.isin(triples.grams >> np.uint64(BITS), pairs.grams))
        content = model(pairs, triples)
        if len(content) <= limit_bytes:
            low, best = kept, content
        else:
            high = kept
    return best


def _packed(
    words: list[str],
    marks: dict[str, NDArray[np.uint8]],
    orders: list[Shares],
    pairs: Shares,
    triples: Shares,
) -> bytes:
    size = len(words)
    first = (pairs.grams >> np.uint64(BITS)).astype(np.int64)
    parents, sizes = np.unique(triples.grams >> np.uint64(BITS), return_counts=True)
    has = np.isin(pairs.grams, parents)
    tables = Tables(
        words=np.frombuffer("\n".join(words).encode(), np.uint8),
        unigram=np.round(-np.log(unigram(words, orders[0])) * LOG_STEPS).astype(np.uint16),
        pair_first=np.searchsorted(first, np.arange(size + 2)).astype(np.uint32),
        pair_word=(pairs.grams & MASK).astype(np.uint16),
        pair_share=share_bytes(pairs.alpha),
        triple_has=np.packbits(has),
        triple_size=sizes.astype(np.uint16),
        triple_word=(triples.grams & MASK).astype(np.uint16),
        triple_share=share_bytes(triples.alpha),
        **marks,
    )
    return pack(tables, ABOUT | {"words": size, "pairs": len(first), "triples": len(triples.grams)})


ABOUT = {
    "language": "en",
    "made_from": [
        "chitchat-dataset (MIT): counts of its training conversations",
        "gazetalk's own everyday sentences and patterns (MIT)",
        "symspellpy's word list (MIT): which words there are, and their frequency in books",
    ],
}


def _marks(
    words: list[str], seen: dict[str, tuple[int, int, float]], corpus: Corpus
) -> dict[str, NDArray[np.uint8]]:
    """The sections of `Tables` that are not about sequences of words."""
    flags = np.array([flag(word, seen) for word in words], dtype=np.uint8)
    ends, asks = _punctuation(words, corpus)
    return {"flags": flags, "ends": ends, "asks": asks, "letters": _letters(words)}


def _punctuation(words: list[str], corpus: Corpus) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """How often a sentence ends after each word, and how often one that it begins is a question.

    Only sentences that have an end mark tell. Rare words are drawn towards the average.
    """
    last: Counter[str] = Counter()
    every: Counter[str] = Counter()
    first: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for _, sentence in corpus.sentences:
        if sentence.end:
            every.update(sentence.words)
            last[sentence.words[-1]] += 1
            first[sentence.words[0]] += 1
            asked[sentence.words[0]] += sentence.end == "?"

    def rates(part: Counter[str], whole: Counter[str]) -> NDArray[np.uint8]:
        mean = part.total() / whole.total()
        p = [(part[word] + 5 * mean) / (whole[word] + 5) for word in words]
        return np.round(255 * np.array(p)).astype(np.uint8)

    return rates(last, every), rates(asked, first)


def _letters(words: list[str]) -> NDArray[np.uint8]:
    """(28 * 28 * 28,) P(letter | the two before) over the vocabulary, each word once."""
    size = len(LETTERS)
    counts = np.full((size, size, size), 0.05)
    counts[-1, -1, -1] = 0  # no word is empty
    for word in words:
        places = [size - 1, size - 1, *(LETTERS.index(letter) for letter in word), size - 1]
        for one, two, three in zip(places, places[1:], places[2:], strict=False):
            counts[one, two, three] += 1
    return share_bytes((counts / counts.sum(axis=2, keepdims=True)).ravel())
