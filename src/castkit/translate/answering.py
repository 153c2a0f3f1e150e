"""Questions to a service until an answer can be taken; what was taken is kept and not paid for again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from castkit.errors import CastkitError
from castkit.model.question import Question, Unusable
from castkit.translate.chat import Chat
from castkit.translate.kept import Kept, key_of
from castkit.translate.patience import Patience

T = TypeVar("T")

TRIES = 3


class ServiceAnswering:
    """`model.question.Answering` through a service; `is_anew` asks for what is kept, too."""

    def __init__(self, chat: Chat, kept: Kept, patience: Patience, *, is_anew: bool = False) -> None:
        self._chat = chat
        self._kept = kept
        self._patience = patience
        self._is_anew = is_anew

    def __call__(self, question: Callable[[str], Question], take: Callable[[Any], T]) -> T:
        first = question("")
        key = key_of("question", self._chat.identity, first.instructions, dict(first.data))
        text = None if self._is_anew else self._kept.get(key)
        if text is not None:
            try:
                return take(json.loads(text))
            except (Unusable, ValueError, RecursionError):
                pass  # of an older castkit, or damaged: it is asked for again
        why = ""
        for _ in range(TRIES):
            try:
                value = self._chat.ask(question(why), self._patience)
                taken = take(value)
            except Unusable as error:
                why = error.why
                continue
            self._kept.add({key: json.dumps(value)})
            return taken
        raise CastkitError(
            f"{self._chat.name} gives no usable answer after {TRIES} tries: {why}",
            "run the same command again, or try another model under [translation] in castkit.toml",
        )
