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
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

Kind = Literal["filtered", "too long", "no credit", "no access", "no model", "busy", "rejected"]
"""What a complaint is about: "filtered", "too long" and "rejected" concern one article alone."""

MAX_CHARACTERS = 4_000
"""How much of a server's words is looked at."""
MAX_SENTENCES = 8
"""How many of the sentences, or other words, in one body are taken."""
MAX_LEVELS = 8
"""How deep in a body words are looked for."""
MAX_TITLE_CHARACTERS = 100
"""How much of a web page's title is taken."""

_WORD_KEYS = (
    *("message", "msg", "error_msg", "error_message", "errorMessage", "error_description"),
    *("status_msg", "detail", "details", "error", "errors", "title", "description", "reason"),
    *("metadata", "raw", "innererror", "base_resp", "fieldViolations"),
)
"""Keys under which servers put their words; others may hold what was sent: article, or key."""
_CODE_KEYS = (
    *("code", "type", "status", "param", "status_code", "statusCode", "error_code", "error_type"),
    *("reason", "loc"),
)
"""Keys under which servers put codes, which are shown only where there are no words."""
_TITLE = re.compile(r"<(?:title|message)\b[^<>]{0,200}>([^<]*)", re.IGNORECASE)
"""The title of a web page, or the message of an XML document."""


def _any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern of several, for text in lower case."""
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
"""Words that say that a filter stopped what this article says."""
ZHIPU_FILTERED_CODE = "1301"
"""The code by which Zhipu says that a filter stopped the request."""
FILTERED_FINISH_REASONS = _any_of(
    r"content[_ -]?filter|safety|recitation|prohibited|blocklist|\bspii\b|sensitive|guardrail|refus"
)
"""Words that say that a filter ended an answer, as its finish reason."""
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
"""Words that say that this article is longer than the model, or the account, takes at once."""
NO_CREDIT = _any_of(
    r"insufficient[_ ](?:quota|balance|credit|fund|user)|exceeded[_ ](?:your[_ ])?current[_ ]quota",
    r"billing_(?:hard_limit|not_active|error)|credit balance|account balance|not enough balance",
    r"(?:used all|out of|not enough|doesn't have any|no (?:remaining|available))"
    r" .{0,20}\b(?:credit|balance)",
    r"credits? (?:limit|exhausted|(?:has|have) (?:been|run))|(?:monthly )?spend(?:ing)? limit",
    r"arrearage|overdue[-_ ]payment|key limit exceeded|余额不足|欠费",
)
"""Words that say that the account is empty."""
QUOTA_RENEWS = _any_of(
    r"retry in \d|retrydelay|per[_ ]?(?:minute|hour|day)|free_tier|resource_exhausted"
)
"""Words that say that a quota renews itself, so that the account is not empty for good."""
WRONG_KEY = _any_of(
    r"(?:invalid|incorrect|wrong|missing|expired|revoked|disabled|no)[_ ]"
    r"(?:api[_ -]?key|authentication|credential|token provided)",
    r"api[_ -]?key[_ ](?:is |was |has )?(?:not|invalid|expired|missing|revoked|disabled)",
    r"authentication[_ ](?:error|failed|required)|unauthenticated|unauthorized",
)
"""Words that say that the server does not know the key."""
ACCOUNT_CLOSED = _any_of(r"account .{0,60}(?:suspend|deactivat|disabl|terminat|banned|blocked)")
"""Words that say that the account is closed."""
NO_RIGHT = _any_of(
    r"api[_ -]?key|not (?:have (?:access|permission)|been granted|authorized)|no access",
    r"permission[_ ](?:denied|error|to (?:access|use|call|sample))|insufficient permission",
    r"not allowed to (?:access|use|sample|call)|access to (?:the |this )?(?:model|project|api)",
    r"unauthorized|authenticat|credential|\btoken (?:is|has)|subscription|gated|\bip\b",
    r"(?:your|the|this) account|suspended|deactivated|country|region|territory",
)
"""Words by which a status of 403 is about the key, and so about every article."""
NO_MODEL = _any_of(
    r"model\b.{0,150}?(?:do(?:es)? not exist|doesn't exist|not found|no longer available)",
    r"(?:no such|unknown|not a valid) model|invalid[_ ]model[_ ]name",
    r"model[_ ]not[_ ](?:exist|found)",
)
"""Words that say that the server does not have the model."""
OUTPUT_LIMIT = _any_of(
    r"max\w*tokens\b.{0,60}(?:too (?:large|big|high)|(?:must|should) be|exceed|> ?\d|at most)",
    r"maxoutputtokens|range of max_tokens|maximum tokens you requested",
    r"at most .{0,30}(?:completion|output) tokens|maximum .{0,30}(?:completion|output) tokens",
)
"""Words that say that the model gives no answer as long as was asked for."""
_WITH_THE_PROMPT = _any_of(
    r"\binputs?`?[_ ](?:length|tokens?)|\bprompt|in the messages|context (?:length|size|limit)"
)
"""Words by which a limit is that of the answer and the article together."""

_NEVER_ABOUT_CONTENT = frozenset({401, 402, 408, 409, 425, 429})
"""Statuses that are never about what an article says, or how long it is."""
_TRANSIENT = frozenset({408, 409, 425, 429})
"""Statuses below 500 of faults that pass."""
_NO_MODEL = frozenset({400, 404})
"""Statuses with which servers say that they do not have a model."""
_PERMANENT = frozenset({501, 505})
"""Statuses from 500 on of faults that do not pass."""
_RATE_LIMITED = _any_of(r"rate.?limit|too many requests|resource_exhausted|quota|throttl")
"""Words that say that requests are limited for now."""
_STATUS_BY_WORDS = (
    (400, _any_of(r"not support|unsupported|response_format|invalid_(?:request|argument|param)")),
    (403, _any_of(r"permission|forbidden")),
    (503, _any_of(r"overload|unavailable|capacity")),
    (404, _any_of(r"not.found|does not exist")),
    (400, _any_of(r"bad.?request|invalid")),
)
"""The status that an error stands for which names none, by the words that it is told in."""


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
        return " ".join((*self.codes, *self.words))[:MAX_CHARACTERS].lower().replace("’", "'")

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
        """What the complaint is about."""
        status, says = self.status, self.says
        about_content = status not in _NEVER_ABOUT_CONTENT and not says(ACCOUNT_CLOSED)
        if status == 451 or (about_content and status < 502 and self._speaks_of_a_filter):
            return "filtered"
        if status == 402 or (says(NO_CREDIT) and not says(QUOTA_RENEWS)):
            return "no credit"
        if self._is_about_the_key:
            return "no access"
        if status in _NO_MODEL and says(NO_MODEL):
            return "no model"
        if status == 413 or "request too large" in self.text:
            return "too long"
        if about_content and says(TOO_LONG) and not self.names_output_limit:
            return "too long"
        if status in _TRANSIENT or (status >= 500 and status not in _PERMANENT):
            return "busy"
        return "rejected"

    @property
    def names_output_limit(self) -> bool:
        """Whether it says how long an answer of the model may be, whatever it is asked."""
        return self.says(OUTPUT_LIMIT) and not self.says(_WITH_THE_PROMPT)

    @property
    def _speaks_of_a_filter(self) -> bool:
        return self.says(FILTERED) or ZHIPU_FILTERED_CODE in self.codes

    @property
    def _is_about_the_key(self) -> bool:
        if self.status in (401, 403):
            return self.status == 401 or self.says(NO_RIGHT)
        is_refusal = 400 <= self.status < 500 and self.status not in _TRANSIENT
        return is_refusal and (self.says(WRONG_KEY) or self.says(ACCOUNT_CLOSED))


def read(status: int, body: str) -> Complaint:
    """What the body of an answer with an HTTP status of 400 or more says."""
    content = _loaded(body)
    if isinstance(content, Mapping | list):
        return _complaint(status, body, content)
    if body.lstrip("\ufeff \r\n\t").startswith("<"):
        title = _TITLE.search(body)
        words = " ".join(title[1].split())[:MAX_TITLE_CHARACTERS] if title else ""
        return Complaint(status, (words,) if words else (), is_page=True, body=body)
    words = content if isinstance(content, str) else body.strip()
    return Complaint(status, (words,) if words else (), body=body)


def inside(body: str) -> Complaint | None:
    """What an answer with HTTP 200 says is wrong; None if it says no such thing.

    A text that was answered counts for more than an error beside it, unless it ended in that.
    """
    if '"content"' in body and not any(mark in body for mark in ('"error', '"base_resp"')):
        return None  # as nearly all are; looking them over would take as long again as reading them
    content = _loaded(body)
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    if not isinstance(content, Mapping):
        return None
    choice = _first_choice(content)
    if _has_answered(choice):
        return None
    fields = {key: value for key, value in content.items() if key != "choices"}
    if choice.get("error"):
        fields["error"] = [fields.get("error"), choice["error"]]
    if _is_an_error(fields) or choice.get("finish_reason") == "error":
        return _complaint(0, body, fields)
    return _blocked(content, body)


def is_filter(finish_reason: str) -> bool:
    """Whether an answer that ended for this reason was stopped by a filter."""
    return FILTERED_FINISH_REASONS.search(finish_reason.lower()) is not None


def _first_choice(content: Mapping[str, Any]) -> Mapping[str, Any]:
    choices = content.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    return choice if isinstance(choice, Mapping) else {}


def _has_answered(choice: Mapping[str, Any]) -> bool:
    message = choice.get("message")
    if choice.get("finish_reason") == "error" or not isinstance(message, Mapping):
        return False
    return any(message.get(key) for key in ("content", "refusal", "tool_calls", "reasoning"))


def _is_an_error(fields: Mapping[str, Any]) -> bool:
    base = fields.get("base_resp")
    return (
        any(fields.get(key) for key in ("error", "errors", "detail"))
        or (isinstance(base, Mapping) and base.get("status_code") not in (0, None))
        or "error" in (fields.get("object"), fields.get("type"))
        or fields.get("success") is False
        or (any(fields.get(key) for key in ("message", "msg")) and _names_a_status(fields))
    )


def _blocked(content: Mapping[str, Any], body: str) -> Complaint | None:
    """The complaint in a completion without a choice: Gemini's, where a filter stopped a prompt."""
    feedback = content.get("prompt_feedback") or content.get("promptFeedback")
    is_completion = isinstance(content.get("usage"), Mapping)
    if content.get("choices") or not (feedback or is_completion):
        return None
    reason = json.dumps(feedback) if feedback else "no choice was given"
    return Complaint(400, (reason,), ("content_filter",), inside=True, body=body)


def _complaint(status: int, body: str, content: Any) -> Complaint:
    """The complaint in a body's JSON; a status of 0 is told by the body itself."""
    words = _Sentences()
    codes = tuple(dict.fromkeys(_gather(content, words, 0)))
    complaint = Complaint(status, tuple(words), codes, body=body)
    if status:
        return complaint
    return replace(complaint, status=_status(complaint), inside=True)


def _status(complaint: Complaint) -> int:
    """The status that a complaint in an answer with HTTP 200 stands for."""
    named = next((n for code in complaint.codes if (n := _number(code)) is not None), None)
    if named is not None or complaint.says(_RATE_LIMITED):
        return named or 429
    if any(map(complaint.says, (FILTERED, TOO_LONG, NO_CREDIT, WRONG_KEY, NO_MODEL))):
        return 400
    return next((status for status, words in _STATUS_BY_WORDS if complaint.says(words)), 500)


class _Sentences(list[str]):
    """The first few sentences of a body, each once."""

    def add(self, words: str) -> None:
        if words.strip() and words not in self and len(self) < MAX_SENTENCES:
            self.append(words.strip()[:MAX_CHARACTERS])


def _gather(content: Any, words: _Sentences, level: int) -> Iterator[str]:
    """Put the words in a body into `words`; gives its codes, the outermost first."""
    if level > MAX_LEVELS:
        return
    if isinstance(content, str):
        encoded = _loaded(content) if content.lstrip()[:1] in ("{", "[") else None
        if isinstance(encoded, Mapping | list):
            yield from _gather(encoded, words, level + 1)
        else:
            words.add(content)
    elif isinstance(content, list):
        for each in content[:MAX_SENTENCES]:
            yield from _gather(each, words, level + 1)
    elif isinstance(content, Mapping):
        yield from filter(None, (_code(content.get(key)) for key in _CODE_KEYS))
        where, message = _code(content.get("loc")), content.get("msg")
        if where and isinstance(message, str):  # of FastAPI; what was sent stands beside it
            words.add(f"{where}: {message}")
            return
        for key in _WORD_KEYS:
            if key in content:
                yield from _gather(content[key], words, level + 1)


def _code(value: Any) -> str:
    if isinstance(value, list):
        return ".".join(str(part) for part in value[:MAX_SENTENCES] if isinstance(part, str | int))
    is_one = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value)[:MAX_TITLE_CHARACTERS] if is_one else ""


def _names_a_status(fields: Mapping[str, Any]) -> bool:
    return any(_number(_code(fields.get(key))) is not None for key in _CODE_KEYS)


def _number(code: str) -> int | None:
    """The HTTP status of an error that a code is; None if it is none."""
    return int(code) if re.fullmatch(r"[45]\d\d", code, re.ASCII) else None


def _loaded(text: str) -> Any:
    """The JSON of a text; None if there is none."""
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
