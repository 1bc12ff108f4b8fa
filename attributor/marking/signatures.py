"""Speech that is signed: “…” — Mara Quill, baker; a letter under its farewell; a post (@mara).

A signature is a name with what may describe it, and nothing that tells of it: no verb, no full
stop in the middle. Behind marked speech a dash before it is enough, or a line of its own; without
marks only a letter (a salutation, and a signature behind a farewell) and a post ("@handle") are
signed here, for an article without marks that ends in "— A. Quill" is signed by its writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attributor.marking.evidence import Passage, Turn
from attributor.marking.language import Language
from attributor.marking.spans import Span

_DASH = re.compile(r"[\s*_]*(?:[—–―~]|--|-(?!\d))\s*")
_BRACKETED = re.compile(r"\s*\((?=[^()]*\)\s*$)")
_OPENS = re.compile(r"[\s*_(]*")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-]+[^\W\d_]+)*\.?|\d+|[^\w\s]")
_NAME_ENDS = re.compile(r"[,;|/(*_@)]")
_POST = re.compile(
    r"\s*[(|·,]?\s*@[\w.@-]+\w\)?(?P<date>(?:[^@.!?:]|(?<=\d)[.:](?=\d)){0,40})[.:]?\s*$"
)
_HEADED = re.compile(r"(?P<name>[^@:—–―!?“”\"\n]{2,60}?)" + _POST.pattern)
_SIGNED_POST = re.compile(r"\s*[—–―]\s*(?P<name>[^@—–―“”\"\n]{2,60}?)" + _POST.pattern)
_INLINE_SALUTATION = re.compile(r"(?P<word>\w+)[,:]?\s*[–—-]+\s+(?=\S)")
_ACRONYM = re.compile(r"[A-Z]{2,5}\b[^\w]*$")
_ENDS_SENTENCE = re.compile(r"[.!?…][)\]”\"’»“]*$")
_MAX_SIGNATURE_WORDS = 16
"""A signature has at most so many words and other characters but spaces."""
_MAX_LETTER_PARAGRAPHS = 40
"""A letter has fewer paragraphs than this."""
_MAX_SIGNED_CODE_POINTS = 120
"""A signature with a line of its own is no longer."""
_BULLETS = "—–―-•*·"
_MAX_NAME_WORDS = 7
"""The name in it has at most so many."""
_MAX_POST_CODE_POINTS = 130
"""A post's handle and date begin within so many characters before its paragraph's end."""
_MAX_NAME_CODE_POINTS = 70
"""Between its dash and its handle stand no more characters."""
_MAX_SALUTATION_CODE_POINTS = 60
"""A salutation or a farewell has a line of its own, which is no longer."""


def signed(
    text: str, paragraphs: Sequence[Span], passages: Sequence[Passage], language: Language
) -> tuple[Turn, ...]:
    """What is signed, in the order of the text: the speech, and where its speaker's name stands."""
    if not language.verbs:
        return ()
    reader = _Reader(text, paragraphs, passages, language)
    found: list[Turn] = []
    held: set[int] = set()
    for turn in (*reader.letters(), *reader.posts(), *reader.quotes()):
        own = {passage.paragraph for passage in turn.passages}
        if not own & held:
            found.append(turn)
            held |= own
    return tuple(sorted(found, key=lambda turn: turn.passages[0].start))


class _Reader:
    def __init__(
        self, text: str, paragraphs: Sequence[Span], passages: Sequence[Passage], language: Language
    ) -> None:
        self.text, self.paragraphs, self.language = text, paragraphs, language
        self.last_in: dict[int, Passage] = {p.paragraph: p for p in passages}
        self.first_in: dict[int, Passage] = {p.paragraph: p for p in reversed(passages)}

    # --- marked speech and its signature ------------------------------------------------------

    def quotes(self) -> Iterator[Turn]:
        """Each marked passage that opens its paragraph, with the signature behind it."""
        for number, passage in self.first_in.items():
            if self.last_in[number] is not passage:
                continue
            opens = self._opens(number, passage)
            label = self._behind(number, passage) if opens else self._before(number, passage)
            if label:
                yield Turn((passage,), label)
        for number in range(1, len(self.paragraphs) - 1):
            label = self._under_unmarked(number)
            if label:
                yield Turn((self._whole(number - 1),), label)

    def _under_unmarked(self, number: int) -> Span | None:
        """The name that signs the paragraph before, which has no marks, as a pull quote has none.

        Neither a list of dashes nor the last paragraph, where the article's own writer signs.
        """
        start, end = self.paragraphs[number]
        if self.text[start] not in "—–―" or end - start > _MAX_SIGNED_CODE_POINTS:
            return None
        (before, stop), (after, _) = self.paragraphs[number - 1], self.paragraphs[number + 1]
        is_list = self.text[before] in _BULLETS or self.text[after] in _BULLETS
        if is_list or number - 1 in self.first_in or self.text[stop - 1] not in ".!?…":
            return None
        name = self._signature(start + 1, end, number)
        return name if name and self._is_whole(name, end) else None

    def _opens(self, number: int, passage: Passage) -> bool:
        start, _ = self.paragraphs[number]
        return not any(c.isalnum() for c in self.text[start : passage.outer_start])

    def _behind(self, number: int, passage: Passage) -> Span | None:
        """The name that signs a passage, in its paragraph or the next one."""
        _, end = self.paragraphs[number]
        if any(c.isalnum() for c in self.text[passage.outer_end : end]):
            dash = _DASH.match(self.text, passage.outer_end, end)
            if dash is None and self._is_sentence(passage):
                dash = _BRACKETED.match(self.text, passage.outer_end, end)
            return self._signature(dash.end(), end, number) if dash else None
        if number + 1 == len(self.paragraphs):
            return None
        start, end = self.paragraphs[number + 1]
        if dash := _DASH.match(self.text, start, end):
            return self._signature(dash.end(), end, number + 1)
        bare = self._signature(start, end, number + 1)
        return bare if bare and self._is_surely_name(bare, end) else None

    def _before(self, number: int, passage: Passage) -> Span | None:
        """The name with a description that a paragraph begins with: "Mara Quill, baker: “…”"."""
        start, end = self.paragraphs[number]
        colon = passage.outer_start - 1
        while colon > start and self.text[colon].isspace():
            colon -= 1
        if self.text[colon] != ":" or any(c.isalnum() for c in self.text[passage.outer_end : end]):
            return None
        while start < colon and not self.text[start].isalnum():
            start += 1
        name = self._signature(start, colon, number)
        has_surname = name is not None and " " in self.text[slice(*name)]
        return name if name and has_surname and self._is_whole(name, colon) else None

    def _is_whole(self, name: Span, end: int) -> bool:
        """Whether nothing but a description behind a comma or a bracket follows a name."""
        return self.text[name[1] : end].lstrip()[:1] in ("", ",", "(", "|")

    def _is_sentence(self, passage: Passage) -> bool:
        return self.text[passage.end - 1] in ".!?…"

    def _is_surely_name(self, name: Span, end: int) -> bool:
        """Whether a line without a dash is a signature: a description follows, or it is bold."""
        text = self.text
        described = re.match(r"\s*[,(|]\s*[^\W\d_]", text[name[1] : end]) is not None
        return text[end - 1] not in ".:?!" and (described or text[name[0] - 2 : name[0]] == "**")

    def _signature(self, start: int, end: int, number: int) -> Span | None:
        """The edges of the name, where a paragraph's rest is a signature."""
        text, lang = self.text, self.language
        words = _WORD.findall(text, start, min(end, start + 200))
        if end - start > 200 or not 0 < len(words) <= _MAX_SIGNATURE_WORDS:
            return None
        lows = [word.lower().rstrip(".") for word in words]
        if any(
            low in lang.auxiliaries or low in lang.verbs for low in lows if low not in lang.nouns
        ):
            return None
        if number == len(self.paragraphs) - 1 and _ACRONYM.match(text, start, end):
            return None  # the agency that the article is from
        return self._name(start, end)

    def _name(self, start: int, end: int) -> Span | None:
        """The name that the text begins with, up to a comma or a preposition."""
        text, lang = self.text, self.language
        opens = _OPENS.match(text, start, end)
        start = opens.end() if opens else start
        stop = _NAME_ENDS.search(text, start, end)
        edge = stop.start() if stop else end
        last, count = start, 0
        for word in _WORD.finditer(text, start, edge):
            low = word[0].lower().rstrip(".")
            if (low in lang.places or low in lang.links) and low not in lang.particles:
                break
            known = low in lang.particles or low in lang.titles or low in lang.nouns
            if not (word[0][0].isupper() or known):
                return None if word[0][0].isalpha() else self._named(start, last, count)
            last, count = word.end(), count + 1
        return self._named(start, last, count)

    def _named(self, start: int, end: int, count: int) -> Span | None:
        while end > start and self.text[end - 1] in ".–— -":
            end -= 1
        first = self.text[start:end].split(None, 1)[:1]
        is_name = 0 < count <= _MAX_NAME_WORDS and first and first[0][0].isupper()
        opens_clause = bool(first) and first[0].lower() in self.language.not_names
        return (start, end) if is_name and not opens_clause else None

    # --- posts --------------------------------------------------------------------------------

    def posts(self) -> Iterator[Turn]:
        """Texts of posts: before "— Mara Quill (@mara) May 3", behind "Mara Quill @mara 3 May"."""
        for number, (start, end) in enumerate(self.paragraphs):
            at = self.text.rfind("@", max(start, end - _MAX_POST_CODE_POINTS), end)
            if at >= 0 and (turn := self._headed(number) or self._signed_post(number, at)):
                yield turn

    def _headed(self, number: int) -> Turn | None:
        """The post in the next paragraph, where this one is its head or the handle in it."""
        start, end = self.paragraphs[number]
        if end - start > _MAX_POST_CODE_POINTS:
            return None
        if head := _HEADED.match(self.text, start, end):
            return self._post(number + 1, head.span("name"))
        if number and _POST.match(self.text, start, end):
            return self._post(number + 1, self.paragraphs[number - 1])
        return None

    def _signed_post(self, number: int, at: int) -> Turn | None:
        """The post before the signature whose handle stands at `at`, here or a paragraph before."""
        start, end = self.paragraphs[number]
        dash = max(self.text.rfind(c, max(start, at - _MAX_NAME_CODE_POINTS), at) for c in "—–―")
        signed = _SIGNED_POST.match(self.text, dash, end) if dash >= 0 else None
        if signed is None:
            return None
        name = signed.span("name")
        if not any(c.isalnum() for c in self.text[start:dash]):
            return self._post(number - 1, name)
        marked = self.first_in.get(number)
        return self._turn((marked or self._rest(number, start, dash),), name)

    def _rest(self, number: int, start: int, end: int) -> Passage:
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return Passage(start, end, start, end, number)

    def _post(self, number: int, name: Span) -> Turn | None:
        """The paragraph as the text of a post; a marked passage in it where it opens with one."""
        if not 0 <= number < len(self.paragraphs):
            return None
        marked = self.first_in.get(number)
        if marked is not None and self._opens(number, marked):
            return self._turn((marked,), name)
        return self._turn((self._whole(number),), name)

    def _turn(self, passages: tuple[Passage, ...], name: Span) -> Turn | None:
        edges = self._name(*name)
        return Turn(passages, edges) if edges else None

    # --- letters ------------------------------------------------------------------------------

    def letters(self) -> Iterator[Turn]:
        """Letters: from the salutation to the farewell and the name under it, or to the name."""
        number = 0
        while number < len(self.paragraphs):
            inline = self._inline_salutation(number)
            opens = inline is not None or self._is_formula(number, self.language.salutations)
            first = number if inline is not None else number + 1
            number += 1
            if not opens:
                continue
            last, label = self._end_of_letter(first)
            if label:
                said = [self._whole(n) for n in range(first, last)]
                if inline is not None:
                    said[0] = said[0]._replace(start=inline, outer_start=inline)
                yield Turn(tuple(said), label)
                number = last

    def _inline_salutation(self, number: int) -> int | None:
        """Where a letter begins behind "Sir – " in its first paragraph."""
        start, end = self.paragraphs[number]
        found = _INLINE_SALUTATION.match(self.text, start, end)
        known = found is not None and found["word"].lower() in self.language.salutations
        return found.end() if known and found else None

    def _end_of_letter(self, first: int) -> tuple[int, Span | None]:
        """The paragraph behind a letter's last one, and the name that signs it."""
        for number in range(first + 1, min(first + _MAX_LETTER_PARAGRAPHS, len(self.paragraphs))):
            if self._is_formula(number, self.language.farewells):
                behind = number + 1
                signs = behind < len(self.paragraphs)
                end = self._signature(*self.paragraphs[behind], behind) if signs else None
                return number, end
            label = self._signature(*self.paragraphs[number], number)
            if label and self._is_surely_name(label, self.paragraphs[number][1]):
                return number, label
        return first, None

    def _whole(self, number: int) -> Passage:
        start, end = self.paragraphs[number]
        while start < end and self.text[start] in "> ":
            start += 1
        return Passage(start, end, start, end, number)

    def _is_formula(self, number: int, formulas: Sequence[str]) -> bool:
        start, end = self.paragraphs[number]
        if end - start > _MAX_SALUTATION_CODE_POINTS:
            return False
        line = self.text[start:end].lower().replace("’", "'")
        known = (line[len(each) :] for each in formulas if line.startswith(each))
        opens = any(not rest[:1].isalpha() for rest in known)
        return opens and not _ENDS_SENTENCE.search(line.rstrip("!"))
