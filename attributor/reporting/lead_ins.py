"""Paragraphs that lead up to a quote in the next one: "Quill told the parents:", "From Quill:".

So do sentences that only say how somebody spoke: "It snowed. Mayor Mara Quill was blunt: “…”".
The quote is marked and opens the next paragraph; or it lost its marks, and is all of that. Who
speaks is the source of the last cue, or whoever the sentence begins with; a line of a statement
names its sender behind "from" or "by".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from attributor.marking import Cue, Marking, Mention, Passage
from attributor.marking.spans import Span
from attributor.reporting.grammar import VERBAL, Grammar, ReportingClause
from attributor.reporting.passages import is_reported
from attributor.reporting.source_by_order import described

_MAX_WORDS_TO_VERB = 6
"""A reporting clause right behind a passage has its verb within so many words."""
_MAX_WORDS_TO_SENDER = 8
"""The "by" of such a line is among its first so many words."""
_MAX_LISTENER_WORDS = 5
"""Between the verb and the colon before speech without marks stand no more words than this."""
_MIN_UNMARKED_WORDS = 4
"""Such speech has at least so many words."""
_MAX_WORDS_OF_MANNER = 6
"""How somebody was ("in no mood to joke") is told in no more words than this."""
_MAX_SENTENCE_WORDS = 60
"""The sentence that leads up to a quote has no more words than this."""


@dataclass(frozen=True, slots=True)
class LeadIn:
    """A sentence that leads up to `content`, the next paragraph or what is marked next."""

    content: Span
    mention: Mention
    cue: Cue | None
    sentence: Span
    is_marked: bool


def lead_ins(marking: Marking, grammar: Grammar) -> Iterator[LeadIn]:
    """Every paragraph that leads up to the next one, in order."""
    for number in range(len(marking.paragraphs) - 1):
        _, end = marking.paragraphs[number]
        if marking.text[end - 1] not in ":,":
            continue
        sentence = marking.sentence_at(end - 1)
        lead = _lead_in(marking, grammar, sentence, number + 1)
        if lead is not None:
            yield lead


def manners(marking: Marking) -> Iterator[LeadIn]:
    """Every sentence that says how somebody spoke and goes on with what is marked, in order."""
    for passage in marking.passages:
        colon = marking.index_at(passage.outer_start) - 1
        if marking.low(colon) != ":" or marking.word_count(passage.start, passage.end) < 2:
            continue
        if marking.paragraph_at(marking.tokens[colon].start) != passage.paragraph:
            continue
        start, _ = marking.near_in_sentence(marking.tokens[colon].start)
        mention = _who_was(marking, marking.index_at(start), colon)
        if mention and not marking.cues_in(start, marking.tokens[colon - 1].start):
            sentence = (start, marking.tokens[colon].end)
            yield LeadIn((passage.start, passage.end), mention, None, sentence, is_marked=True)


def _who_was(marking: Marking, first: int, colon: int) -> Mention | None:
    """Whoever opens a sentence and "was blunt", or "had a simple answer"."""
    mention = described(marking, first)
    if mention is None or marking.pack.pronouns.get(mention.head, "m") not in ("m", "f"):
        return None
    verb = marking.index_at(mention.end)
    how = [token.low for token in marking.tokens[verb + 1 : colon]]
    if not how or len(how) > _MAX_WORDS_OF_MANNER or not all(low[0].isalpha() for low in how):
        return None
    low, pack = marking.low(verb), marking.pack
    speaks = _is_manner(marking, how) if low in pack.passive else _has_words(marking, how)
    if not speaks or low not in pack.auxiliaries | pack.passive:
        return None
    return _owner(marking, mention) if mention.head in pack.statements else mention


def _owner(marking: Marking, mention: Mention) -> Mention:
    """Whose message it is, of "Mara Quill's message" and "her message"; else the mention."""
    first, last = marking.index_at(mention.start), marking.index_at(mention.end) - 1
    for i in range(first, last):
        token = marking.tokens[i]
        if i == first and token.low in marking.pack.possessives:
            return Mention(token.start, token.end, "pronoun", token.low)
        if token.low.endswith("'s"):
            end = token.end - len("'s")
            return Mention(mention.start, end, "name", token.low.removesuffix("'s"))
    return mention


def _is_manner(marking: Marking, how: list[str]) -> bool:
    """Whether the words say in what mood somebody was, not what they did or were."""
    pack = marking.pack
    others = (pack.determiners - pack.negations, pack.possessives, pack.verbs, pack.nouns)
    acts = how[-1].endswith((pack.participle or " ", "ed")) and how[-1] not in pack.moods
    return not acts and not any(low in words for low in how for words in others)


def _has_words(marking: Marking, how: list[str]) -> bool:
    """Whether they say that somebody had something to say: "a short answer"."""
    return how[-1] in marking.pack.statements and not any(w in marking.pack.verbs for w in how[:-1])


def _opening(marking: Marking, number: int) -> Passage | None:
    """The marked passage that a paragraph begins with, if nothing there reports it."""
    start, end = marking.paragraphs[number]
    passage = marking.passage_after(start, end)
    if passage is None or marking.words_in(start, passage.outer_start):
        return None
    return None if is_reported(marking, passage) or _has_clause(marking, passage, end) else passage


def _has_clause(marking: Marking, passage: Passage, end: int) -> bool:
    """Whether a reporting clause follows a passage that ends like a sentence: “Now!” he shouted."""
    if marking.text[passage.end - 1] not in "?!":
        return False
    near = marking.index_at(passage.outer_end) + _MAX_WORDS_TO_VERB
    stop = marking.tokens[near].start if near < len(marking.tokens) else end
    return any(cue.kind in VERBAL for cue in marking.cues_in(passage.outer_end, min(stop, end)))


def _lead_in(marking: Marking, grammar: Grammar, sentence: Span, number: int) -> LeadIn | None:
    """What a sentence leads up to in the paragraph `number`."""
    start, end = sentence
    is_long = len(marking.lows_in(start, end)) > _MAX_SENTENCE_WORDS
    content, is_marked = _content(marking, number)
    if content is None or is_long or marking.passages_touching(start, end):
        return None
    cues = [cue for cue in marking.cues_in(start, end) if cue.kind != "label"]
    by_colon = marking.text[end - 1] == ":"
    clause = _last_clause(marking, grammar, cues)
    if clause is not None and clause.mention is not None:
        rest = len(marking.words_in(clause.end, end))
        leads = by_colon or not rest if is_marked else by_colon and _says(marking, clause, rest)
        return LeadIn(content, clause.mention, clause.cue, sentence, is_marked) if leads else None
    if not (by_colon and is_marked):
        return None
    mention = _sender(marking, sentence) or _first(marking, sentence)
    last = next((cue for cue in reversed(cues) if cue.kind in VERBAL), None)
    return LeadIn(content, mention, last, sentence, is_marked) if mention else None


def _says(marking: Marking, clause: ReportingClause, rest: int) -> bool:
    """Whether the clause leads up to speech without marks: "She told the graduates:"."""
    lemma = clause.cue.lemma
    return (
        clause.cue.kind == "verb" and lemma in marking.pack.clausal and rest <= _MAX_LISTENER_WORDS
    )


def _content(marking: Marking, number: int) -> tuple[Span | None, bool]:
    """The marked passage that opens a paragraph, else the whole one if it can be speech."""
    start, end = marking.paragraphs[number]
    if marking.passages_touching(start, end):
        passage = _opening(marking, number)
        return (passage.start, passage.end) if passage else None, True
    first = marking.sentence_at(start)
    is_speech = (
        marking.text[start].isupper()
        and marking.text[end - 1] in ".!?…"
        and len(marking.words_in(start, end)) >= _MIN_UNMARKED_WORDS
        and not marking.cues_in(*first)
    )
    return (start, end) if is_speech else None, False


def _last_clause(marking: Marking, grammar: Grammar, cues: list[Cue]) -> ReportingClause | None:
    """The last clause that credits somebody, of a verb that governs clauses if there is one."""
    last: ReportingClause | None = None
    clausal: ReportingClause | None = None
    for cue in cues:
        clause = grammar.source(marking, cue, last)
        if clause is None or clause.mention is None:
            continue
        if marking.pack.pronouns.get(clause.mention.head) != "thing":
            last = clause
            clausal = clause if cue.lemma in marking.pack.clausal else clausal
    return clausal or last


def _sender(marking: Marking, sentence: Span) -> Mention | None:
    """Who stands behind "from" or "by" in "Statement by Mara Quill, mayor of Dunford:"."""
    pack = marking.pack
    first, last = marking.index_at(sentence[0]), marking.index_at(sentence[1])
    tells = False
    for i in range(first, min(first + _MAX_WORDS_TO_SENDER, last)):
        low = marking.tokens[i].low
        if low in pack.senders and (tells or i == first):
            return marking.mention_at(i + 1) or marking.mention_at(i + 2)
        tells = tells or low in pack.statements
    return None


def _first(marking: Marking, sentence: Span) -> Mention | None:
    """Whom the sentence begins with ("Quill was blunt:"), or whose words it tells of."""
    pack, (start, end) = marking.pack, sentence
    words = marking.words_in(start, end)
    tells = any(low in pack.statements or low in pack.verbs for low in words)
    if marking.text[start:end].isupper() or (tells and pack.negations.intersection(words)):
        return None  # a heading; "She never told them this:"
    for mention in marking.mentions_in(start, end):
        if pack.pronouns.get(mention.head) in ("thing", "relative"):
            continue
        if mention.start == start:
            return mention
        before = marking.tokens[marking.index_at(mention.start) - 1].low
        if before == "," or (tells and before not in pack.adjuncts | pack.links):
            return mention
    return None
