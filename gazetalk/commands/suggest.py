"""`gazetalk suggest`: word suggestions for other programs, a JSON line for each JSON line."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from gazetalk.clinic.profile import find_profile
from gazetalk.clinic.settings import SettingsError, load_settings
from gazetalk.keyboard.advised import ADVISED, Advice
from gazetalk.keyboard.language import LanguageError
from gazetalk.keyboard.learner import PersonalLanguage
from gazetalk.keyboard.packs import find_pack, load_pack
from gazetalk.keyboard.said import LEARNED, SaidFile
from gazetalk.keyboard.word_model import WordModel
from gazetalk.paths import data_home

MOST = 50
DONE, BAD_INPUT = 0, 2


class RequestError(ValueError):
    """A request line that cannot be answered: what is wrong with it."""


@dataclass(frozen=True)
class Request:
    """context: the text before the word. prefix: what is typed of it. refused: not to be shown.

    case: "lower", or "text" for capitals as the sentence wants them.
    """

    context: str = ""
    prefix: str = ""
    refused: tuple[str, ...] = ()
    k: int = 5
    case: str = "lower"


def run(args: argparse.Namespace) -> int:
    """Answer until the input ends; 2 if a line was no request (its answer then says why), else 0.

    What the profile's person said before counts. Raises LanguageError and ProfileError.
    """
    with closing(Advice()) as advice:
        return _answer(_language(args, advice), advice)


def _answer(language: WordModel, advice: Advice) -> int:
    code = DONE
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            answer = answer_to(language, parse_request(line))
        except RequestError as error:
            answer, code = {"error": f"line {number}: {error}"}, BAD_INPUT
            print(f"gazetalk: line {number}: {error}", file=sys.stderr)
        print(json.dumps(answer), flush=True)
        if trouble := advice.trouble():
            print(f"gazetalk: {trouble} (going on without it)", file=sys.stderr)
    return code


def _language(args: argparse.Namespace, advice: Advice) -> WordModel:
    pack = find_pack(args.language)
    model = load_pack(pack)
    profile = find_profile(data_home(args.data_dir), args.profile)
    file: SaidFile | None = None
    asks = False
    # Better the words of all people than none.
    try:
        file = SaidFile(profile.folder / LEARNED)
        asks = load_settings(profile).llm
    except (LanguageError, SettingsError) as error:
        print(f"gazetalk: {error} (going on without it)", file=sys.stderr)
    if asks and pack.code == ADVISED:
        model = advice.on(model, file)
    return PersonalLanguage(model, file) if file else model


def answer_to(language: WordModel, request: Request) -> dict[str, Any]:
    """`words`, the likeliest first, and `p` of each."""
    cased = request.case == "text"
    shown = language.suggest(request.context, request.prefix, request.k, request.refused, cased)
    language.expect(request.context, [each.word for each in shown])
    return {"words": [each.word for each in shown], "p": [round(each.p, 6) for each in shown]}


def parse_request(line: bytes) -> Request:
    """A request from its JSON line. Raises RequestError."""
    try:
        fields = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RequestError('is not JSON: write {"context": "how are ", "prefix": "y"}') from None
    if not isinstance(fields, dict):
        raise RequestError('is not a JSON object: write {"context": ..., "prefix": ...}')
    for name in ("context", "prefix"):
        if not isinstance(fields.get(name, ""), str):
            raise RequestError(f"{name} must be a string")
    refused = fields.get("refused", [])
    if not isinstance(refused, list) or not all(isinstance(word, str) for word in refused):
        raise RequestError("refused must be a list of strings")
    k = fields.get("k", 5)
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= MOST:
        raise RequestError(f"k must be a whole number from 1 to {MOST}")
    case = fields.get("case", "lower")
    if case not in ("lower", "text"):
        raise RequestError('case must be "lower" or "text"')
    return Request(fields.get("context", ""), fields.get("prefix", ""), tuple(refused), k, case)
