"""What a server says is wrong, wherever it says so, and whom that concerns.

    a status and a body -> Complaint -> its kind: this article, the server now, or every article

Servers put their words into `error`, `message`, `detail` and `errors`, as a string, an object or a
list, into JSON within a string, into plain text and web pages, and into answers with HTTP 200.
What they mean is told by their status and by these words, of which every server has its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Kind = Literal[
    "filtered", "too long", "no credit", "no access", "no model", "busy", "rejected"
]  # the first two, and the last, are about one article

MOST_CHARACTERS = 4_000
"""Of a server's words that are looked at."""
MOST_WORDS = 8
"""Pieces of words that are taken from one body."""
DEEPEST = 8
"""Levels of a body in which words are looked for."""
LONGEST_TITLE = 100
"""Characters of a web page's title."""

_WORDS = (
    *("message", "msg", "error_msg", "error_message", "errorMessage", "error_description"),
    *("status_msg", "detail", "details", "error", "errors", "title", "description", "reason"),
    *("metadata", "raw", "innererror", "base_resp", "fieldViolations"),
)
"""Keys of bodies that lead to words. Others may hold what was sent: the article, or the key."""
_CODES = (
    *("code", "type", "status", "param", "status_code", "statusCode", "error_code", "error_type"),
    *("reason", "loc"),
)
"""Keys of bodies that lead to codes, which are not shown if there are words."""
_TITLE = re.compile(r"<(?:title|message)\b[^<>]{0,200}>([^<]*)", re.IGNORECASE)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


FILTERED = _any_of(
    r"content[_ -]?filter|content[_ ]management|content[_ -]?polic|contentpolicy|responsibleai",
    r"data_?inspection_?failed|inappropriate content|content exists risk|prohibited[_ ]content",
    r"requires moderation|moderation (?:polic|block|reject|fail)|(?:by|in) (?:the )?moderation",
    r"(?:was|been|were|is|got) flagged|flagged (?:as|by|for)|high risk|blocklist",
    r"violat\w+ .{0,60}(?:polic|guideline|terms)|nsfw|(?:content|speech|language|words) detected",
    r"safety[_ ](?:system|filter|polic|guideline|check|reason|setting)",
    r"(?:block|reject|stop|refus)\w* .{0,60}safety",
    r"recitation|\bspii\b|guardrail|unsafe (?:content|prompt|input)|harmful content",
    r"sensitive (?:content|word|information|topic|data)|new_sensitive|output_sensitive",
    r"(?:content|prompt|input|topic) (?:is |was )?not (?:allowed|permitted)|disallowed content",
    r"敏感|不安全|违规|unavailable for legal reasons",
)
"""A filter stopped what this article says. All patterns are for lower case."""
ZHIPU_FILTERED = "1301"
"""The code by which Zhipu says the same."""
FILTERED_ENDS = _any_of(
    r"content[_ -]?filter|safety|recitation|prohibited|blocklist|\bspii\b|sensitive|guardrail|refus"
)
"""The same, as the reason why an answer ended."""
TOO_LONG = _any_of(
    r"context[_ ]?(?:length|window|size|limit)|maximum context|max(?:imum)?[_ ]context|\bn_ctx\b",
    r"(?:prompt|input|request|text|messages?|content)s? (?:is|are|was|were) too (?:long|large|big)",
    r"(?:prompt|input|request|text|payload|entity|body)[_ ]too[_ ](?:long|large)",
    r"(?:input|prompt|text)s? (?:is|are|has|have|must have) .{0,20}(?:less|fewer|more|longer) than",
    r"too many .{0,20}(?:tokens|bytes|characters)|string too long|above_max_length",
    r"too large for model|input token count|token limit",
    r"(?:input|prompt)[_ ](?:length|tokens?) .{0,40}(?:exceed|should be|must be|longer|larger)",
    r"exceed\w* .{0,60}(?:token|context|input|prompt|maximum) ?(?:limit|length|size|window|count)",
    r"maximum (?:prompt|input|sequence) length|max_model_len|max_seq_len|range of input length",
    r"inputs?` tokens \+|number of (?:input )?tokens|reduce (?:the|your) (?:length|prompt|input)",
)
"""This article is longer than the model, or the account, takes at once."""
NO_CREDIT = _any_of(
    r"insufficient[_ ](?:quota|balance|credit|fund|user)|exceeded[_ ](?:your[_ ])?current[_ ]quota",
    r"billing_(?:hard_limit|not_active|error)|credit balance|account balance|not enough balance",
    r"(?:used all|out of|not enough|doesn't have any|no (?:remaining|available))"
    r" .{0,20}\b(?:credit|balance)",
    r"credits? (?:limit|exhausted|(?:has|have) (?:been|run))|(?:monthly )?spend(?:ing)? limit",
    r"arrearage|overdue[-_ ]payment|key limit exceeded|余额不足|欠费",
)
"""The account is empty."""
FOR_A_WHILE = _any_of(
    r"retry in \d|retrydelay|per[_ ]?(?:minute|hour|day)|free_tier|resource_exhausted"
)
"""A quota that fills again, though it is told in words of an empty account."""
WRONG_KEY = _any_of(
    r"(?:invalid|incorrect|wrong|missing|expired|revoked|disabled|no)[_ ]"
    r"(?:api[_ -]?key|authentication|credential|token provided)",
    r"api[_ -]?key[_ ](?:is |was |has )?(?:not|invalid|expired|missing|revoked|disabled)",
    r"authentication[_ ](?:error|failed|required)|unauthenticated|unauthorized",
)
"""The key is none of the server's."""
CLOSED = _any_of(r"account .{0,60}(?:suspend|deactivat|disabl|terminat|banned|blocked)")
"""The account is."""
NO_RIGHT = _any_of(
    r"api[_ -]?key|not (?:have (?:access|permission)|been granted|authorized)|no access",
    r"permission[_ ](?:denied|error|to (?:access|use|call|sample))|insufficient permission",
    r"not allowed to (?:access|use|sample|call)|access to (?:the |this )?(?:model|project|api)",
    r"unauthorized|authenticat|credential|\btoken (?:is|has)|subscription|gated|\bip\b",
    r"(?:your|the|this) account|suspended|deactivated|country|region|territory",
)
"""A 403 that speaks of the key, and so of every article."""
NO_MODEL = _any_of(
    r"model\b.{0,150}?(?:do(?:es)? not exist|doesn't exist|not found|no longer available)",
    r"(?:no such|unknown|not a valid) model|invalid[_ ]model[_ ]name",
    r"model[_ ]not[_ ](?:exist|found)",
)
"""The server does not have the model."""
OUTPUT_LIMIT = _any_of(
    r"max\w*tokens\b.{0,60}(?:too (?:large|big|high)|(?:must|should) be|exceed|> ?\d|at most)",
    r"maxoutputtokens|range of max_tokens|maximum tokens you requested",
    r"at most .{0,30}(?:completion|output) tokens|maximum .{0,30}(?:completion|output) tokens",
)
"""The model gives no answer as long as was asked for."""
_WITH_THE_PROMPT = _any_of(
    r"\binputs?`?[_ ](?:length|tokens?)|\bprompt|in the messages|context (?:length|size|limit)"
)
"""What is said of the answer's length is said of it together with the article's."""

_NOT_THE_CONTENT = frozenset({401, 402, 408, 409, 425, 429})
"""Statuses that are never about what an article says, or how long it is."""
_TRANSIENT = frozenset({408, 409, 425, 429})
_NO_MODEL = frozenset({400, 404})
"""Statuses with which servers say that they do not have a model."""
_NEVER = frozenset({501, 505})
"""Statuses of faults that do not pass."""
_RATE = _any_of(r"rate.?limit|too many requests|resource_exhausted|quota|throttl")
_BY_WORDS = (
    (400, _any_of(r"not support|unsupported|response_format|invalid_(?:request|argument|param)")),
    (403, _any_of(r"permission|forbidden")),
    (503, _any_of(r"overload|unavailable|capacity")),
    (404, _any_of(r"not.found|does not exist")),
    (400, _any_of(r"bad.?request|invalid")),
)
"""The status that stands for an error which names none, by its words."""


@dataclass(frozen=True)
class Complaint:
    """What a server says is wrong.

    Attributes:
        status: of HTTP, or what the body names in its place.
        words: the server's own sentences, as it wrote them.
        codes: its names for what is wrong, which parameter it is about.
        is_page: whether a web page came; its title is all of its words.
        inside: whether it came in an answer with HTTP 200.
        body: all that came.
    """

    status: int
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    is_page: bool = False
    inside: bool = False
    body: str = field(default="", repr=False)

    @cached_property
    def text(self) -> str:
        """Codes and words in lower case, to look for something in."""
        return " ".join((*self.codes, *self.words))[:MOST_CHARACTERS].lower().replace("’", "'")

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether this stands in its codes or words."""
        return pattern.search(self.text) is not None

    @property
    def shown(self) -> str:
        """What there is to show: its words, else its codes, else all that came; as it came."""
        if self.is_page:
            return "".join(self.words)
        return "; ".join(self.words) or ", ".join(self.codes) or self.body.strip()

    @cached_property
    def kind(self) -> Kind:
        """What it is about."""
        status, says = self.status, self.says
        about_content = status not in _NOT_THE_CONTENT and not says(CLOSED)
        if status == 451 or (about_content and status < 502 and self._speaks_of_a_filter):
            return "filtered"
        if status == 402 or (says(NO_CREDIT) and not says(FOR_A_WHILE)):
            return "no credit"
        if self._is_about_the_key:
            return "no access"
        if status in _NO_MODEL and says(NO_MODEL):
            return "no model"
        if status == 413 or "request too large" in self.text:
            return "too long"
        if about_content and says(TOO_LONG) and not self.names_output_limit:
            return "too long"
        if status in _TRANSIENT or (status >= 500 and status not in _NEVER):
            return "busy"
        return "rejected"

    @property
    def names_output_limit(self) -> bool:
        """Whether it says how long an answer of the model may be, whatever it is asked."""
        return self.says(OUTPUT_LIMIT) and not self.says(_WITH_THE_PROMPT)

    @property
    def _speaks_of_a_filter(self) -> bool:
        return self.says(FILTERED) or ZHIPU_FILTERED in self.codes

    @property
    def _is_about_the_key(self) -> bool:
        if self.status in (401, 403):
            return self.status == 401 or self.says(NO_RIGHT)
        is_refusal = 400 <= self.status < 500 and self.status not in _TRANSIENT
        return is_refusal and (self.says(WRONG_KEY) or self.says(CLOSED))


def read(status: int, body: str) -> Complaint:
    """What the body of an answer with an HTTP status of 400 or more says."""
    found = _loaded(body)
    if isinstance(found, Mapping | list):
        return _complaint(status, body, found)
    if body.lstrip("\ufeff \r\n\t").startswith("<"):
        title = _TITLE.search(body)
        words = " ".join(title[1].split())[:LONGEST_TITLE] if title else ""
        return Complaint(status, (words,) if words else (), is_page=True, body=body)
    told = found if isinstance(found, str) else body.strip()
    return Complaint(status, (told,) if told else (), body=body)


def inside(body: str) -> Complaint | None:
    """What an answer with HTTP 200 says is wrong; None if it says no such thing.

    A text that was answered counts for more than an error beside it, unless it ended in that.
    """
    if '"content"' in body and not any(mark in body for mark in ('"error', '"base_resp"')):
        return None  # as nearly all are; looking them over would take as long again as reading them
    found = _loaded(body)
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, Mapping):
        return None
    choice = _first_choice(found)
    if _has_answered(choice):
        return None
    told = {key: value for key, value in found.items() if key != "choices"}
    if choice.get("error"):
        told["error"] = [told.get("error"), choice["error"]]
    if _is_an_error(told) or choice.get("finish_reason") == "error":
        return _complaint(0, body, told)
    return _blocked(found, body)


def is_filter(finish_reason: str) -> bool:
    """Whether an answer that ended for this reason was stopped by a filter."""
    return FILTERED_ENDS.search(finish_reason.lower()) is not None


def _first_choice(found: Mapping[str, Any]) -> Mapping[str, Any]:
    choices = found.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    return choice if isinstance(choice, Mapping) else {}


def _has_answered(choice: Mapping[str, Any]) -> bool:
    message = choice.get("message")
    if choice.get("finish_reason") == "error" or not isinstance(message, Mapping):
        return False
    return any(message.get(key) for key in ("content", "refusal", "tool_calls", "reasoning"))


def _is_an_error(told: Mapping[str, Any]) -> bool:
    base = told.get("base_resp")
    return (
        any(told.get(key) for key in ("error", "errors", "detail"))
        or (isinstance(base, Mapping) and base.get("status_code") not in (0, None))
        or "error" in (told.get("object"), told.get("type"))
        or told.get("success") is False
        or (any(told.get(key) for key in ("message", "msg")) and _named_status(told) is not None)
    )


def _blocked(found: Mapping[str, Any], body: str) -> Complaint | None:
    """A completion without a choice: so it is where a prompt was stopped by a filter (Gemini)."""
    feedback = found.get("prompt_feedback") or found.get("promptFeedback")
    is_completion = isinstance(found.get("usage"), Mapping) and "choices" not in _filled(found)
    if not (feedback or is_completion) or "choices" in _filled(found):
        return None
    reason = json.dumps(feedback) if feedback else "no choice was given"
    return Complaint(400, (reason,), ("content_filter",), inside=True, body=body)


def _filled(found: Mapping[str, Any]) -> set[str]:
    return {key for key, value in found.items() if value}


def _complaint(status: int, body: str, found: Any) -> Complaint:
    """What stands in JSON; a status of 0 is told by the body itself."""
    words = _Found()
    codes = tuple(dict.fromkeys(_gather(found, words, 0)))
    told = Complaint(status, tuple(words), codes, body=body)
    if status:
        return told
    return Complaint(_status(told), told.words, told.codes, inside=True, body=body)


def _status(told: Complaint) -> int:
    named = next((n for code in told.codes if (n := _number(code)) is not None), None)
    if named is not None or told.says(_RATE):
        return named or 429
    if any(map(told.says, (FILTERED, TOO_LONG, NO_CREDIT, WRONG_KEY, NO_MODEL))):
        return 400
    return next((status for status, pattern in _BY_WORDS if told.says(pattern)), 500)


class _Found(list[str]):
    """Words, each once, so many at most."""

    def add(self, words: str) -> None:
        if words.strip() and words not in self and len(self) < MOST_WORDS:
            self.append(words.strip()[:MOST_CHARACTERS])


def _gather(found: Any, words: _Found, depth: int) -> Iterator[str]:
    """Put the words in a body into `words`; gives its codes, the outermost first."""
    if depth > DEEPEST:
        return
    if isinstance(found, str):
        within = _loaded(found) if found.lstrip()[:1] in ("{", "[") else None
        if isinstance(within, Mapping | list):
            yield from _gather(within, words, depth + 1)
        else:
            words.add(found)
    elif isinstance(found, list):
        for each in found[:MOST_WORDS]:
            yield from _gather(each, words, depth + 1)
    elif isinstance(found, Mapping):
        yield from filter(None, (_code(found.get(key)) for key in _CODES))
        where, said = _code(found.get("loc")), found.get("msg")
        if where and isinstance(said, str):  # of FastAPI; what was sent stands beside it
            words.add(f"{where}: {said}")
            return
        for key in _WORDS:
            if key in found:
                yield from _gather(found[key], words, depth + 1)


def _code(value: Any) -> str:
    if isinstance(value, list):
        return ".".join(str(part) for part in value[:MOST_WORDS] if isinstance(part, str | int))
    is_one = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value)[:LONGEST_TITLE] if is_one else ""


def _named_status(told: Mapping[str, Any]) -> int | None:
    numbers = (_number(_code(told.get(key))) for key in _CODES)
    return next((number for number in numbers if number is not None), None)


def _number(code: str) -> int | None:
    """The status of HTTP that a code is, if it is one of an error."""
    return int(code) if re.fullmatch(r"[45]\d\d", code, re.ASCII) else None


def _loaded(text: str) -> Any:
    """The JSON of a text; None if there is none."""
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
