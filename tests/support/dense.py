"""Texts that ask for more work than news of their size: hostile ones, and odd ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count, product
from pathlib import Path

ARTICLES = Path(__file__).resolve().parents[2] / "fixtures" / "articles"

Text = Callable[[int], str]
"""A text of (about) so many characters."""


@cache
def _article(name: str) -> str:
    return (ARTICLES / f"{name}.txt").read_text(encoding="utf-8").strip()


def filled(part: str, size: int) -> str:
    """The part again and again, cut at `size` characters."""
    return (part * (size // len(part) + 1))[:size]


def news(size: int) -> str:
    """Ordinary news: the English articles of the fixtures, one after the other."""
    names = ("council", "dacic", "milivojevic", "no-quotes", "lost-marks")
    return filled("\n\n".join(map(_article, names)) + "\n\n", size)


def of(part: str) -> Text:
    """The part, repeated."""
    return lambda size: filled(part, size)


def within(before: str, part: str, after: str = "") -> Text:
    """The part, repeated between two others that stand once."""
    return lambda size: before + filled(part, size - len(before) - len(after)) + after


def nested(opening: str, inner: str, closing: str) -> Text:
    """`inner` within as many pairs of brackets as there is room for."""

    def text(size: int) -> str:
        depth = max((size - len(inner)) // (len(opening) + len(closing)), 0)
        return opening * depth + inner + closing * depth

    return text


def _words() -> Iterator[str]:
    """Words that no two are the same of, with capitals."""
    for length in count(3):
        for letters in product("abdegiklmnoprstuv", repeat=length):
            yield "".join(letters).capitalize()


def with_words(part: str) -> Text:
    """The part, each time with other words in the place of each %."""

    def text(size: int) -> str:
        words, parts, length = _words(), list[str](), 0
        while length < size:
            parts.append("".join(next(words) if c == "%" else c for c in part))
            length += len(parts[-1])
        return "".join(parts)[:size]

    return text


_GERMAN = "Die Bürgermeisterin der Stadt ist mit dem Rat und nicht für die Brücke. "
_SERBIAN = "Predsednica opštine je rekla da će se most u gradu i na reci popraviti. "

KINDS: dict[str, Text] = {
    "cues: he said": of("he said. "),
    "cues: he said, one sentence": of("he said "),
    "cues: said alone": of("said "),
    "cues: commas between": of("he said, "),
    "cues: joined": of("he said and "),
    "cues: nested that": of("he said that "),
    "cues: adding": of("Ana said it, adding that "),
    "cues: according to": of("according to Ana Holt, "),
    "cues: paragraphs": of("He said.\n\n"),
    "cues: lines": of("He said.\n"),
    "cues: no spaces between": of("said."),
    "cues: labels": of("Ana: yes it is so.\n"),
    "cues: marks": of("“No,” he said. "),
    "cues: short quotes": of("“No it is not,” she said, “not now.” "),
    "names: one a paragraph": with_words("“We will win,” Ana % said. He said they lost.\n\n"),
    "names: one a line": with_words("Ana % said he won.\n"),
    "names: all different": with_words("% % said so. "),
    "names: same surname": with_words("% Holt said they won. "),
    "names: same given name": with_words("Ana % said they won. "),
    "names: long": with_words("% % % % % % "),
    "names: the same": of("Ana Holt said. "),
    "names: roles": with_words("Mayor % said the mayor won. "),
    "names: she": with_words("Ana % said. She said. "),
    "capitals": of("Ana Petric Mara "),
    "capitals: single letters": of("A B C D "),
    "capitals: in capitals": of("HE SAID THE MAYOR "),
    "capitals: titles": of("Mr. Mrs. Dr. "),
    "descriptions": of("the mayor "),
    "descriptions: owned": of("the mayor’s "),
    "pronouns": of("he she they "),
    "pronouns: who": of("who "),
    "marks: opening": of("“"),
    "marks: opening, words": of("“we "),
    "marks: opening, sentences": of("“We will win. "),
    "marks: opening, paragraphs": of("“We will win.\n\n"),
    "marks: alternating": of("“”"),
    "marks: alternating, words": of("“we” "),
    "marks: nested": nested("“", "we will win", "”"),
    "marks: nested, words": nested("“we ", "win", " it”"),
    "marks: nested singles": nested("“we ‘they ", "win", " it’ is”"),
    "marks: single": of("'"),
    "marks: single, words": of("'tis "),
    "marks: single, closing": of("rails’ "),
    "marks: single, opening": of("‘we "),
    "marks: straight": of('"'),
    "marks: straight, words": of('"we" '),
    "marks: straight, opening": of('"we '),
    "marks: guillemets": of("«we» »we« "),
    "marks: low": of("„wir „"),
    "marks: closing": of("” "),
    "marks: closing, sentences": of("We won.” "),
    "marks: backticks": of("``we'' "),
    "marks: corners": of("「"),
    "marks: far apart": within("“", "we won and they lost and ", "” he said."),
    "commas": of(","),
    "commas: words": of("we, "),
    "commas: names": of("Ana, "),
    "commas: said": within("The mayor, ", "the mayor, ", "said it was so."),
    "full stops": of("."),
    "full stops: words": of("a. "),
    "full stops: abbreviations": of("Mr. U.S. "),
    "full stops: ellipses": of("… "),
    "signs": of("!?;:-–—/*_#"),
    "signs: dashes": of("— "),
    "signs: colons": of("a: "),
    "signs: brackets": of("("),
    "signs: brackets, nested": nested("(", "he said", ")"),
    "signs: brackets, words": of("(we) [we] {we} "),
    "signs: brackets, names": of("Ana (Ohio) "),
    "one sentence": of("we will win the game and they will lose it and "),
    "one sentence with a cue": within("He said ", "we will win the game and they lose it and "),
    "one word": of("a"),
    "one word with apostrophes": of("a'"),
    "one word with hyphens": of("a-"),
    "one word in capitals": of("A"),
    "one paragraph": lambda size: " ".join(news(size).split()),
    "one letter words": of("a "),
    "no spaces": lambda size: news(size * 2).replace(" ", "")[:size],
    "spaces": within("a", " ", "b"),
    "spaces: no-break": within("a", "\u00a0", "b"),
    "spaces: lines": within("a", "\n", "b"),
    "paragraphs: one letter": of("a\n\n"),
    "paragraphs: one letter lines": of("a\n"),
    "paragraphs: one sign": of(".\n"),
    "paragraphs: bullets": of("- we won\n"),
    "paragraphs: wrapped": of("we will win the game and they will lose it and that is that\n"),
    "combining": of("a\u0301\u0301\u0301"),
    "combining: alone": within("a", "\u0301"),
    "combining: in marks": within("“a", "\u0301", "” he said."),
    "invisible": within("a", "\u200b", "b"),
    "joiners": of("\U0001f468\u200d"),
    "emoji": of("\U0001f600"),
    "surrogates": of("\ud800"),
    "controls": of("\x01"),
    "bidi": of("\u202e\u202c"),
    "digits": of("1"),
    "digits: apart": of("1 "),
    "digits: points": of("1.1,"),
    "digits: times": of("10:30 "),
    "dotless": of("İ"),
    "ideographs": of("說"),
    "German: nested": within(_GERMAN, "sagte, dass er, der sagte, dass "),
    "German: cues": within(_GERMAN, "sagte er. "),
    "German: commas": within(_GERMAN, "sagte, "),
    "German: free speech": within(_GERMAN, "Er sagte, das sei so. Das sei so. "),
    "German: moods": within(_GERMAN, "sei "),
    "German: one word": within(_GERMAN, "a"),
    "German: one capitalised word": within(_GERMAN + "A", "a"),
    "German: capitals": within(_GERMAN, "Haus Brücke Rat "),
    "German: van der": within(_GERMAN, "Von der "),
    "German: auxiliaries": within(_GERMAN, "hat "),
    "German: separable": within(_GERMAN, "teilte mit "),
    "German: views": within(_GERMAN, "nach Angaben der Polizei "),
    "German: tails": within(_GERMAN, "„Nein“, so Holm. "),
    "Serbian: cues": within(_SERBIAN, "rekao je. "),
    "Serbian: nested": within(_SERBIAN, "rekao je da je rekao da "),
    "Serbian: names": within(_SERBIAN, "Petrović Petrovića Petroviću "),
    "Serbian: dashes": within(_SERBIAN, "\n- Ne - rekao je."),
    "dialogue": of("— No, she says. — Not yet.\n"),
    "dialogue: one line": within("— ", "No, she says. — "),
    "dialogue: dashes": of("- no - "),
    "dialogue: commas": within("— No", ", no", " she says."),
    "I": of("I said I was, "),
    "that": of("that "),
    "did not say": of("did not say "),
    "adverbs": within("He ", "really ", "said it was so."),
    "auxiliaries": within("He ", "would have ", "said it was so."),
    "links": within("", "a spokesman for ", "the mayor said it was so."),
    "particles": of("Ana van der "),
    "initials": of("A. B. "),
    "bylines": of("By Ana Holt\n"),
}
"""Each kind of text by its name."""
