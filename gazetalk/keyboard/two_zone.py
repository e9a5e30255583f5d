"""Finding what is meant by asking again and again: before this place of the alphabet, or behind it?

Each answer is weighed, not believed: what it contradicts becomes less likely by how often this
person errs, and no more. The next question halves what remains, so that a word costs about its
information (posterior matching: M. Horstein, "Sequential transmission using noiseless feedback",
IEEE Trans. Inf. Theory 9, 1963; B. Shayevitz and M. Feder, same, 57, 2011). A slip is mended by
answering on.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from gazetalk.keyboard.order import BOTTOM, TOP, Order

ACCEPT = 0.85  # what is so likely is taken: to take it back costs less than to ask on
EVEN_ENOUGH = 0.08  # a question so near to half and half is not made longer to be nearer
DEEPEST = 26  # letters of a place
FINE = 1 << 200  # weights are counted in so many parts
LIKELY = 3  # words told on each side


@dataclass(frozen=True)
class Question:
    """Is it before `place`, or from there on? p: how likely before."""

    place: str
    p: float


@dataclass(frozen=True)
class Belief:
    """Weights of the stretches of an order: stretch `k` goes from `cuts[k]` to the next cut."""

    cuts: tuple[str, ...] = (BOTTOM,)
    weights: tuple[float, ...] = (1.0,)

    def scaled(self, low: str, high: str, by: float) -> Belief:
        """What lies from `low` to `high` (excluded) so many times as likely."""
        cuts, weights = list(self.cuts), list(self.weights)
        for place in (low, high):
            at = bisect.bisect_left(cuts, place)
            if place < TOP and (at == len(cuts) or cuts[at] != place):
                cuts.insert(at, place)
                weights.insert(at, weights[at - 1])
        scaled = [w * by if low <= cut < high else w for cut, w in zip(cuts, weights, strict=True)]
        top = max(scaled)
        return Belief(tuple(cuts), tuple(w / top for w in scaled))


class Search:
    """What is meant in that order, asked for until it is found.

    wrong: how often an answer is wrong, 0..0.5 (both excluded).
    """

    def __init__(self, order: Order, wrong: float) -> None:
        self.order = order
        self._wrong = wrong
        self._told: list[tuple[str, str, float]] = []  # scaled beforehand; see `Belief.scaled`
        self._answers: list[tuple[str, bool]] = []
        self._think()

    def again(self, order: Order, place: str, by: float, wrong: float) -> Search:
        """Another search, by someone who did not mean `place` after all: that is so many times as
        likely, and the answers so far were wrong as often as `wrong` says."""
        other = Search(order, self._wrong)
        odds = wrong / (1 - wrong)
        stretches = ((asked, TOP) if before else (BOTTOM, asked) for asked, before in self._answers)
        doubted = [(*ends, odds) for ends in stretches]
        other._told = [*self._told, (place, order.behind(place), by), *doubted]
        other._think()
        return other

    @property
    def question(self) -> Question:
        return self._question

    @property
    def answers(self) -> int:
        return len(self._answers)

    @property
    def found(self) -> tuple[str, float]:
        """What is meant, as a place, and how likely it is; "" before that is likely enough."""
        return self._found if self._answers else ("", 0.0)

    def answer(self, before: bool) -> None:
        """It is before the place of the question, or not."""
        self._answers.append((self._question.place, before))
        self._think()

    def take_back(self) -> bool:
        """The last answer was none; False when there is none."""
        if not self._answers:
            return False
        self._answers.pop()
        self._think()
        return True

    def slips(self, place: str) -> int:
        """How many answers were wrong if that was meant."""
        return sum((place < asked) != before for asked, before in self._answers)

    def likely(self, before: bool) -> tuple[str, ...]:
        """The likeliest on one side of the question, as places, in the order."""
        asked = self._question.place
        low, high = (BOTTOM, asked) if before else (asked, TOP)
        return tuple(sorted(self._likely_in(low, high)))

    def share(self, low: str, high: str) -> float:
        """P(it is from `low` to `high`, excluded)."""
        return (self._before(high) - self._before(low)) / self._total

    def _believed(self) -> Belief:
        belief = Belief()
        for stretch in self._told:
            belief = belief.scaled(*stretch)
        odds = self._wrong / (1 - self._wrong)
        for place, before in self._answers:
            belief = belief.scaled(*((place, TOP) if before else (BOTTOM, place)), odds)
        return belief

    def _think(self) -> None:
        self._belief = self._believed()
        edges = [self.order.before(cut) for cut in (*self._belief.cuts, TOP)]
        self._edges = edges
        self._weights = [max(1, round(weight * FINE)) for weight in self._belief.weights]
        self._sums = [0]
        for weight, (low, high) in zip(self._weights, pairwise(edges), strict=True):
            self._sums.append(self._sums[-1] + weight * max(0, high - low))
        self._known: dict[str, int] = {}
        self._total = self._sums[-1]
        self._found = ("", 0.0)
        self._question = self._ask()

    def _before(self, place: str) -> int:
        """The weight of all that lies before a place."""
        if place not in self._known:
            at = bisect.bisect_right(self._belief.cuts, place) - 1
            inside = max(0, self.order.before(place) - self._edges[at])
            self._known[place] = self._sums[at] + self._weights[at] * inside
        return self._known[place]

    def _ask(self) -> Question:
        """The shortest place that halves what remains, or the one that halves it best."""
        best, node = Question(TOP, 1.0), BOTTOM
        while len(node) <= DEEPEST:
            parts = self.order.places(node)
            shares = [self._before(part) / self._total for part in parts]
            for place, p in zip(parts, shares, strict=True):
                if 0 < p < 1 and abs(p - 0.5) < abs(best.p - 0.5) - 1e-9:
                    best = Question(place, p)
            if abs(best.p - 0.5) <= EVEN_ENOUGH:
                return best
            node = parts[max(0, bisect.bisect_right(shares, 0.5) - 1)]
            if self.order.is_one(node):
                return self._settled(node, best)
        return best

    def _settled(self, node: str, best: Question) -> Question:
        """One thing alone holds the middle: it may be found, and has two ends to ask for."""
        behind = self.order.behind(node)
        share = self.share(node, behind)
        if share >= ACCEPT:
            self._found = (node, share)
        after = Question(behind, self._before(behind) / self._total)
        return min(best, after, key=lambda question: abs(question.p - 0.5))

    def _likely_in(self, low: str, high: str) -> list[str]:
        """The likeliest things in a stretch: always the likeliest part further."""
        found: list[str] = []
        waiting: list[tuple[int, str]] = [(self._total, BOTTOM)]
        for _ in range(12 * LIKELY):
            if not waiting or len(found) == LIKELY:
                break
            waiting.sort()
            _, node = waiting.pop()
            if self.order.is_one(node):
                found.append(node)
                continue
            waiting += [
                (share, part)
                for part, behind in _stretches(self.order, node)
                if (share := self._between(max(part, low), min(behind, high))) > 0
            ]
        return found

    def _between(self, low: str, high: str) -> int:
        return self._before(high) - self._before(low) if low < high else 0


def _stretches(order: Order, node: str) -> Iterator[tuple[str, str]]:
    """The parts of a node, and where each ends."""
    parts = order.places(node)
    return zip(parts, [*parts[1:], order.behind(node)], strict=True)
