"""Where quotes begin and end beside marked speech that stands whole.

Speech is whole if its marks hold its own punctuation (“Whose goat is it?”). What stands beside it
without marks is then no part of it: the dateline, bullet or clock time before it, the description
of who speaks behind it, what happened next, and the sentences around it.
"""

from __future__ import annotations

from attributor.embedded.token_arrays import Sheet
from attributor.reporting import VERBAL, leads_to_somebody

_MIN_LETTERS = 4
"""A small word of this many letters before a passage makes it part of a sentence."""
_MIN_WORDS = 4
"""A passage of this many words is speech, and no title."""
_MAX_DESCRIPTION_WORDS = 12
"""Between speech and its verb stand fewer words than this."""
_ENDS = frozenset(",.?!")


def trimmed(sheet: Sheet, i: int, tokens: frozenset[int]) -> frozenset[int]:
    """The tokens of a content without what stands beside whole speech; `i` is the cue."""
    loose: set[int] = set()
    for number in sorted({sheet.passage_of[j] for j in tokens} - {-1}):
        first, last = _range(sheet, number)
        if _is_anothers(sheet, i, number):
            loose |= set(range(first, last))
        if not _is_whole(sheet, number):
            continue
        if _reports(sheet, i, number):
            _, stop = sheet.sentences[sheet.sentence_of[i]]
            loose |= _furniture(sheet, first) | _unmarked(sheet, last, i)
            begin, _ = sheet.sentences[sheet.sentence_of[first]]
            before = _unmarked(sheet, min(tokens), begin)
            own = any(sheet.low(j) in sheet.language.first_person for j in before)
            loose |= set() if own else before  # the speaker's, marks or not
            loose |= _unmarked(sheet, _joined_after(sheet, i, stop), max(tokens) + 1)
        elif last in tokens and _follows_cue(sheet, i, first) and _is_next(sheet, last):
            _, stop = sheet.sentences[sheet.sentence_of[last]]
            loose |= _unmarked(sheet, last, stop)
    return tokens - loose


def _range(sheet: Sheet, number: int) -> tuple[int, int]:
    passage = sheet.marking.passages[number]
    return sheet.span(passage.outer_start, passage.outer_end)


def _is_anothers(sheet: Sheet, i: int, number: int) -> bool:
    """Whether a passage leads over to somebody who is not the subject of the cue at `i`."""
    first, last = _range(sheet, number)
    same = sheet.sentence_of[last - 1] == sheet.sentence_of[i] or _follows_cue(sheet, i, first)
    return not same and leads_to_somebody(sheet.marking, sheet.marking.passages[number])


def _is_whole(sheet: Sheet, number: int) -> bool:
    passage = sheet.marking.passages[number]
    words = sheet.marking.text[passage.start : passage.end].strip()
    return bool(words) and words[0].isupper() and words[-1] in _ENDS


def _reports(sheet: Sheet, i: int, number: int) -> bool:
    """Whether the cue at `i` is the verb right behind the passage, whoever is described between."""
    _, last = _range(sheet, number)
    if sheet.reporters.get(number) == i:
        return True
    between = sheet.words_to[i] - sheet.words_to[last] if last <= i else _MAX_DESCRIPTION_WORDS
    words = sum(sheet.is_word[j] for j in range(*_range(sheet, number)))
    verb = number not in sheet.reporters and sheet.cue(i).kind in VERBAL
    same = sheet.sentence_of[last - 1] == sheet.sentence_of[i]
    return verb and same and words >= _MIN_WORDS and between < _MAX_DESCRIPTION_WORDS


def _furniture(sheet: Sheet, first: int) -> set[int]:
    """The bullet, clock time or dateline right before token `first`, if nothing else is there."""
    begin, _ = sheet.paragraphs[sheet.paragraph_of[first]]
    before = _unmarked(sheet, begin, first)
    small = (sheet.low(j) for j in before if not sheet.tokens[j].capital and sheet.is_word[j])
    if len(before) < first - begin or any(w.isalpha() and len(w) >= _MIN_LETTERS for w in small):
        return set()
    return before


def _follows_cue(sheet: Sheet, i: int, first: int) -> bool:
    """Whether the passage stands right behind the cue, or behind a comma or colon there."""
    return i < first and all(sheet.low(j) in (",", ":") for j in range(i + 1, first))


def _joined_after(sheet: Sheet, i: int, stop: int) -> int:
    """Where it is told behind the verb at `i` what happened next, or where the sentence stops."""
    commas = (j for j in range(i + 1, stop) if sheet.low(j) == "," and sheet.passage_of[j] < 0)
    first = next(commas, stop)
    return first if _is_next(sheet, first + 1) else stop


def _is_next(sheet: Sheet, last: int) -> bool:
    """Whether token `last` begins what happened: "and the lid came down", not "and that"."""
    language = sheet.language
    opens = sheet.low(last) in language.joins | language.relatives
    return opens and sheet.low(last + 1) not in language.conjunctions


def _unmarked(sheet: Sheet, first: int, last: int) -> set[int]:
    """The tokens between the two that no marks hold."""
    return {j for j in range(first, last) if sheet.passage_of[j] < 0}
