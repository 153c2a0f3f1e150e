"""An OpenAI-compatible service: messages in, one JSON value of the model out.

Rule: the key is read from the environment for each request and kept nowhere; no message, log or error carries it.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from castkit.errors import CastkitError
from castkit.model.question import Question, Unusable
from castkit.model.show import TranslationSettings
from castkit.translate.answers import json_value
from castkit.translate.exchange import Exchange, Reply, Unanswered
from castkit.translate.patience import OutOfTime, Patience
from castkit.translate.replies import AskAgain, Refused, complaint, said

log = logging.getLogger(__name__)

TRIES = 6  # of one request, the first included
_WAITS_S = (1.0, 2.0, 4.0, 8.0, 16.0)
_PATH = "/chat/completions"
_KEY = re.compile(r"[\x21-\x7e]+")  # what a header can carry
_UNKNOWN_FORMAT = ("response_format", "json_schema", "json_object", "json mode", "structured output")


class Chat:
    """A model behind an address; CastkitError where `[translation]` does not name both."""

    def __init__(self, settings: TranslationSettings) -> None:
        self._settings = settings
        self._url = _address(settings)
        self._exchange = Exchange(self._url)
        self._format = 0  # how far the wish for a format was given up
        self._has_temperature = True

    @property
    def name(self) -> str:
        """For people and receipts."""
        return f"{self._settings.model} at {urlsplit(self._url).hostname}"

    @property
    def identity(self) -> tuple[str, str]:
        """What an answer depends on besides the question: address and model."""
        return self._url, self._settings.model

    def ask(self, question: Question, patience: Patience) -> Any:
        """The JSON value that the model answers with.

        Unusable where its words are no JSON; CastkitError where the service refuses or cannot be reached in time.
        """
        try:
            words = self._words(question, patience)
        except OutOfTime:
            deadline = f"{self._settings.deadline_s:g} s"
            raise CastkitError(
                f"{self.name} took longer than the deadline of {deadline}",
                "run the same command again to go on, or raise deadline_s under [translation] in castkit.toml",
            ) from None
        return json_value(words)

    def _words(self, question: Question, patience: Patience) -> str:
        tries = 0
        while True:
            try:
                answer = said(self._send(question, patience))
            except Refused as error:
                raise self._error(error.why, error.hint) from None
            except Unanswered as error:
                if error.is_lasting:
                    raise self._error(f"cannot be used: {error.why}", "check url under [translation]") from None
                why, after_s = error.why, None
            except AskAgain as error:
                why, after_s = error.why, error.after_s
            else:
                if not answer.is_whole:
                    raise Unusable("the model did not end its answer")
                return answer.text
            tries += 1
            if tries == TRIES:
                hint = "see that the service runs and can be reached, then run the same command again to go on"
                raise self._error(f"gave no answer to {TRIES} requests; the last time: {why}", hint)
            log.info("%s: %s; asking again", self.name, self._without_key(why))
            patience.wait(_WAITS_S[tries - 1] if after_s is None else after_s)

    def _send(self, question: Question, patience: Patience) -> Reply:
        """One answer; asked again at once, more simply, where the service does not take a wish that can be dropped."""
        while True:
            patience.turn()
            body = json.dumps(self._body(question)).encode()
            within_s = min(self._settings.timeout_s, patience.left_s)
            reply = self._exchange.post(body, self._headers(), within_s=within_s, alive=patience.alive)
            if reply.status not in (400, 422) or not self._concedes(complaint(reply)):
                return reply

    def _body(self, question: Question) -> dict[str, Any]:
        messages = [
            {"role": "system", "content": question.instructions},
            {"role": "user", "content": json.dumps(question.data, ensure_ascii=False)},
        ]
        body: dict[str, Any] = {"model": self._settings.model, "messages": messages, "stream": False}
        if self._has_temperature:
            body["temperature"] = 0
        formats: tuple[Mapping[str, Any] | None, ...] = (
            {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": question.shape}},
            {"type": "json_object"},
            None,
        )
        if wanted := formats[self._format]:
            body["response_format"] = wanted
        return body

    def _concedes(self, said_of_it: str) -> bool:
        """Whether there is something to leave out of the request that the service complains about."""
        if self._format < 2 and any(word in said_of_it for word in _UNKNOWN_FORMAT):
            self._format += 1
            return True
        if self._has_temperature and "temperature" in said_of_it:
            self._has_temperature = False
            return True
        return False

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "castkit"}
        if key := self._key():
            headers["Authorization"] = f"Bearer {key}"
        return headers

    def _key(self) -> str:
        variable = self._settings.key_variable
        key = os.environ.get(variable, "").strip()
        if key and not _KEY.fullmatch(key):
            raise CastkitError(
                f"the key in {variable} has characters that no key has", "copy it again, without spaces or line ends"
            )
        return key

    def _error(self, why: str, hint: str) -> CastkitError:
        variable = self._settings.key_variable
        if "(401)" in why and not self._key():
            why, hint = "asks for a key, and there is none", "put the key into the environment variable {variable}"
        hint = hint.replace("{variable}", variable).replace("{model}", self._settings.model)
        return CastkitError(self._without_key(f"{self.name} {why}"), hint)

    def _without_key(self, text: str) -> str:
        """A service may quote the key it was given."""
        key = self._key()
        return text.replace(key, "…") if key else text


def _address(settings: TranslationSettings) -> str:
    """Where requests go; CastkitError where that is no address, or has a password in it."""
    where = "[translation] in castkit.toml"
    if not settings.url or not settings.model:
        lacks = "url" if not settings.url else "model"
        raise CastkitError(f"{where} has no {lacks}", "name the address of the service and its model there")
    try:
        parts = urlsplit(settings.url)
        is_fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine or re.search(r"[\s?#]", settings.url):
        raise CastkitError(f"url under {where} is no address", "write it as http://127.0.0.1:11434/v1")
    if parts.username or parts.password:
        hint = f"put it into the environment variable {settings.key_variable}"
        raise CastkitError(f"url under {where} has a name or password in it", hint)
    base = settings.url.rstrip("/")
    return base if base.endswith(_PATH) else base + _PATH
