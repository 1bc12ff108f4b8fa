"""The names in an article, whole and clean: without titles and offices, with their particles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from attributor.marking.tokens import without_possessive
from attributor.speakers.lexicon import is_given
from attributor.speakers.offices import JOINTS, Offices
from attributor.speakers.story import Story

_LONGEST = 14
"""A name with its titles has at most so many tokens."""
PARTICLES = frozenset(
    [
        "de",
        "da",
        "di",
        "du",
        "del",
        "della",
        "dos",
        "das",
        "do",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "zu",
        "zur",
        "bin",
        "ibn",
        "bint",
        "al",
        "el",
        "la",
        "le",
        "af",
        "av",
        "y",
        "e",
        "i",
        "san",
    ]
)
"""Small words inside a person's name."""
_PREFIXED = re.compile(
    r"(?:al|el|ad|as|ash|an|ar|at|az|abd|ed|es|ez|ul|d|l|dell|o|de|n)['’ʼ\-‐‑]\W*[A-ZÀ-Ž]"
)
_COMPOUND = re.compile(
    r"[A-Z]-[A-Z]|[\w'’]+-[a-zß-ž]+(?:ed|ing|led|based|born|run|backed|style|era)$"
)
"""What is written like a name and is none: "R-Ohio", "Kremlin-backed"."""
_ADVERB = re.compile(
    r"(?:da|hier|wo)r?(?:an|auf|aus|bei|durch|für|gegen|hin|hinter|in|mit|nach|neben|über|um|unter|von|vor|zu|zwischen)$"
)
"""German adverbs that would pass for a name at a sentence's start: "Darin"."""
_OPENING, _CLOSING = frozenset("“\"‘'«„("), frozenset("”\"’'»“)")
NOT_PLURAL = ("ss", "os", "as", "is", "us")
"""English nouns that end so are hardly ever plurals, but surnames are: "Santos", "Vargas"."""
_PURPOSE = 3
"""What a Serbian body is for is told in so many words at most."""
_ACRONYM = 6
"""An acronym has at most so many letters."""
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv"])


class Name(NamedTuple):
    """A name where it stands.

    `start:end` is the clean name, `outer` where its titles begin, `first` and `last` its first
    token and that behind it, `words` its folded words without titles and possessive, `titles` the
    folded words before it, `nickname` a name in marks inside it, `owner` whether "'s" follows,
    `office` whether it is no name but an office that is written like one, `initial` whether its
    capital may come from its place alone.
    """

    start: int
    end: int
    outer: int
    first: int
    last: int
    words: tuple[str, ...]
    titles: tuple[str, ...] = ()
    nickname: str = ""
    owner: bool = False
    office: bool = False
    initial: bool = False


class NameReader:
    """Reads names off an article's tokens."""

    def __init__(self, story: Story) -> None:
        self.story, self.tokens, self.lexicon = story, story.tokens, story.lexicon
        self.language = story.language
        self.offices = Offices(story.lexicon)
        self.vetted = self.language.nouns_have_capitals
        capital = [t.capital or self._has_prefix(i, t.low) for i, t in enumerate(self.tokens)]
        self.capital = capital
        self.initial = set() if self.vetted else self._initial()
        known = range(len(self.tokens))
        self.inner = {
            without_possessive(self.tokens[i].low)
            for i in known
            if capital[i] and i not in self.initial and self.tokens[i].start >= story.headline_end
        }
        self.small = {self.tokens[i].low for i in known if not capital[i]}

    def all(self) -> Iterator[Name]:
        """Every name and capitalised office of the article, in order."""
        i = 0
        while i < len(self.tokens):
            if not self.capital[i] or not self._begins(i):
                i += 1
                continue
            end = self._run_end(i)
            name = self.name(i, end)
            if name:
                yield name
            i = max(end, i + 1)

    # --- which words ------------------------------------------------------------------------------

    def _has_prefix(self, i: int, low: str) -> bool:
        """Whether a capital stands behind a small prefix: "al-Khatib"."""
        if ("'" not in low and "-" not in low) or not low[0].isalpha():
            return False
        return bool(_PREFIXED.match(self.story.written(i)))

    def _initial(self) -> set[int]:
        """Indices of words whose capital may come from their place."""
        found = set()
        for first in self.story.sentence_firsts:
            i = first
            while i < len(self.tokens) and not self.tokens[i].low[0].isalnum():
                i += 1
            found.add(i)
        signs = frozenset("\"“„«»:‘'–—-(•*")
        found.update(i + 1 for i, t in enumerate(self.tokens) if t.low in signs)
        return found

    def _begins(self, i: int) -> bool:
        word = without_possessive(self.tokens[i].low)
        if word in self.language.not_names and not self._is_initial_letter(i):
            return self._opens_name(i)
        if self.vetted and i in self.story.sentence_firsts and _ADVERB.match(word):
            return False
        if not word[:1].isalpha() or _COMPOUND.match(self.story.written(i)):
            return False
        return i not in self.initial or not self._is_common(i, word)

    def _opens_name(self, i: int) -> bool:
        """Whether a common word begins a name: "the Evening Courier", "Ten Brink" elsewhere."""
        low, following = self.story.low(i), self.story.word(i + 1)
        if not self._is_word(i + 1):
            return False
        if low in PARTICLES:
            return self.story.low(i + 1) in self.inner
        paper = following in self.lexicon.papers
        return paper and i not in self.initial and low in self.language.adjuncts

    def _is_initial_letter(self, i: int) -> bool:
        """Whether it is one letter with a full stop ("A. P. Rao"), or two ("M.S.")."""
        token = self.tokens[i]
        if "." in token.low:
            return True
        dotted = self.story.low(i + 1) == "." and self.tokens[i + 1].start == token.end
        return token.end - token.start == 1 and dotted and self._is_word(i + 2)

    def _is_word(self, i: int) -> bool:
        return i < len(self.tokens) and self.capital[i]

    def _is_common(self, i: int, word: str) -> bool:
        """Whether the capitalised word at a sentence's start is probably an ordinary word."""
        possessive = self.tokens[i].low.endswith("'s") and word not in self.small
        if word in self.lexicon.nobodies:
            return True
        if word in self.inner or possessive or self._is_dotted(i):
            return False
        folded, following = self.story.word(i), self.story.low(i + 1)
        small = word in self.small or word in self.language.nouns or word in self.language.adverbs
        title = self._is_title(folded)
        if word in self.lexicon.epithets and is_given(self.story.word(i + 1)):
            return True
        if self._is_word(i + 1) and following not in self.language.not_names:
            doing = word.endswith("ing") and self.language.code == "en"
            doing = doing and following not in self.lexicon.place_ends  # "Downing Street"
            return (small or doing) and not is_given(folded) and not title
        behind = i + 2 + (self.story.low(i + 2) in self.language.definite)
        if self._is_word(behind) and self._leads_on(word, title, following):
            return False
        if small or title or word in self.language.verbs or folded in self.lexicon.groups:
            return True
        return not self._is_sole_name(i, word)

    def _leads_on(self, word: str, title: bool, following: str) -> bool:
        """Whether an office or a body's name begins: "Chief of Staff", "Citizens for …"."""
        return (title and following in ("of", "for")) or (word.endswith("s") and following == "for")

    def _is_sole_name(self, i: int, word: str) -> bool:
        """Whether a single word at a sentence's start is a name for all that is known."""
        folded = self.story.word(i)
        if self._is_acronym(i) or folded in self.lexicon.places:
            return True
        if is_given(folded) and self._is_like_name(i + 1):
            return True
        formed = word.endswith(("ing", "ed", "ly", "s")) and not word.endswith(NOT_PLURAL)
        formed = formed and self.language.code == "en"
        single = self.story.low(i + 1) == "," and self.story.low(i + 2) in ("a", "an")
        return (not formed or single) and self._is_like_subject(i + 1)

    def _is_like_subject(self, i: int) -> bool:
        """Whether what follows the word is what follows a subject that speaks."""
        low = self.story.low(i)
        if low == ",":
            low = self.story.low(i + 1)
            lang = self.language
            return (
                low in lang.determiners
                or low.isdigit()
                or low.endswith("ing")
                or low in ("who", "for", "whose")
                or low in lang.possessives
            )
        if low.endswith(self.language.adverb_endings or ("\0",)) or low in self.language.adverbs:
            low = self.story.low(i + 1)
        return low in self.language.verbs

    def _is_like_name(self, i: int) -> bool:
        """Whether what follows a given name is what follows a person's name."""
        low, lang = self.story.low(i), self.language
        ends = low.endswith("ed") or low in self.lexicon.acts or low in lang.verbs
        return ends or low in lang.auxiliaries | lang.pairs | PARTICLES or not low[:1].isalnum()

    def _is_title(self, folded: str) -> bool:
        return folded in self.lexicon.honorifics or folded in self.lexicon.roles

    def _is_acronym(self, i: int) -> bool:
        written = self.story.written(i)
        return 1 < len(written.strip(".")) <= _ACRONYM and written.replace(".", "").isupper()

    # --- how far ----------------------------------------------------------------------------------

    def _run_end(self, i: int) -> int:
        """Index behind the run of a name's words that begins at `i`."""
        end, stop = i, min(len(self.tokens), i + _LONGEST)
        while end < stop:
            if end > i and end in self.story.sentence_firsts and not self._is_broken(end):
                break
            step = self._step(i, end)
            if not step:
                break
            end += step
            if self._is_owner(end - 1) and not self._owns_body(end):
                break
        return min(end, len(self.tokens))

    def _is_broken(self, i: int) -> bool:
        """Whether the splitter took an initial's or a title's full stop for a sentence's end."""
        before = self.story.low(i - 1)
        return (before == "." and self._is_dotted(i - 2)) or ("." in before and len(before) > 1)

    def _is_owner(self, i: int) -> bool:
        return self.tokens[i].low.endswith(("'s", "s'"))

    def _owns_body(self, i: int) -> bool:
        """Whether a body's name goes on behind a possessive: "Farmers' Union"."""
        return self._is_word(i) and self.story.word(i) in self.lexicon.organizations

    def _step(self, first: int, at: int) -> int:
        """By how many tokens the run that began at `first` goes on at `at`."""
        if self.capital[at] and (
            self.tokens[at].low not in self.language.not_names or self._is_dotted(at)
        ):
            return 2 if self._is_dotted(at) else 1
        if self.capital[at] and at > first and self._is_surname_too(at):
            return 1
        if at == first and self._opens_name(at):
            return 1
        if at == first:
            return 0
        if self.vetted and self._ends_given_names(first, at):
            return 1
        if self.tokens[at].low in ("'", "’") and self.tokens[at - 1].low.endswith("s"):
            return int(self._owns_body(at + 1) and self.tokens[at].start == self.tokens[at - 1].end)
        return self._nickname(at) or self._particles(first, at) or self._joints(first, at)

    def _ends_given_names(self, first: int, at: int) -> bool:
        """Whether a noun with a capital must be the surname: all before it are given names."""
        given = all(is_given(self.story.word(k)) for k in range(first, at))
        return (
            given and self.story.written(at)[:1].isupper() and at not in self.story.sentence_firsts
        )

    def _is_surname_too(self, at: int) -> bool:
        """Whether a month behind a given name is a surname: "Theresa May"."""
        month = self.tokens[at].low in ("may", "june", "april", "august", "march")
        given = is_given(self.story.word(at - 1)) and at - 1 not in self.story.sentence_firsts
        return month and given and not self.story.low(at + 1)[:1].isdigit()

    def _is_dotted(self, i: int) -> bool:
        """Whether the full stop behind the word belongs to it: an initial, "Dr."."""
        if i < 0 or self.story.low(i + 1) != "." or self.tokens[i + 1].start != self.tokens[i].end:
            return False
        token = self.tokens[i]
        if token.end - token.start == 1:
            return self.capital[i] and self._is_word(i + 2)
        folded = self.story.word(i)
        short = folded in self.lexicon.honorifics or folded in self.language.abbreviations
        return (
            (short or folded in self.language.titles) and len(folded) < 6 and self._is_word(i + 2)
        )

    def _nickname(self, at: int) -> int:
        """Tokens of a nickname in marks before the name's next word."""
        if self.tokens[at].low not in _OPENING:
            return 0
        for size in (3, 4):
            last = at + size - 1
            if last + 1 >= len(self.tokens) or self.tokens[last].low not in _CLOSING:
                continue
            inner = range(at + 1, last)
            if not all(self.capital[k] for k in inner) or not self.capital[last + 1]:
                continue
            bracket = self.tokens[at].low == "("
            if bracket and any(self._is_acronym(k) for k in inner):
                return 0
            near = self.tokens[last + 1].start - self.tokens[last].end == 1
            closes = self.tokens[last].start == self.tokens[last - 1].end
            return size if near and closes else 0
        return 0

    def _particles(self, first: int, at: int) -> int:
        """How many particles lead to the name's next word ("van der" Holm)."""
        known = self.language.particles
        for count in range(4):
            low = self.story.low(at + count)
            if count and self._is_word(at + count):
                return count if low not in self.language.not_names else 0
            if low in self.language.pairs:
                return 0  # "i" is a particle elsewhere
            if low not in PARTICLES and not (low in known and low not in JOINTS):
                return 0
        return 0

    def _joints(self, first: int, at: int) -> int:
        """How many small words lead to the next word of a body's name ("Bank of England")."""
        low = self.story.low(at)
        if low == "za" or low == "за":
            return self._purpose(first, at)
        if low not in JOINTS and low not in self.language.joints:
            return 0
        count = 2 if self.story.low(at + 1) in ("the", "a") else 1
        if not self._is_word(at + count) or self.story.low(at + count) in self.language.not_names:
            return 0
        if low == "&":
            return count
        run = [self.story.word(k) for k in range(first, at)]
        body = any(w in self.lexicon.organizations for w in run)
        if low in ("of", "for"):
            role = run[-1] in self.lexicon.roles or ("of" in run and run[0] in self.lexicon.roles)
            role = role and not any(
                is_given(w) and w not in self.lexicon.honorifics for w in run[:-1]
            )
            return count if body or role or (low == "for" and self._is_plural(run)) else 0
        if low == "and":
            return count if self._goes_on(run, at + count, body) else 0
        return 0

    def _purpose(self, first: int, at: int) -> int:
        """How many small words say what a Serbian body is for: "Ministarstvo za mala naselja"."""
        lang = self.language
        closed = (lang.verbs, lang.auxiliaries, lang.conjunctions, lang.adjuncts, lang.relatives)
        if self.story.word(first) not in self.lexicon.organizations:
            return 0
        for count in range(1, _PURPOSE + 2):
            low = self.story.low(at + count)
            ends = not low[:1].isalpha() or any(low in words for words in closed)
            if ends or low in lang.pronouns or count > _PURPOSE:
                return count if count > 1 else 0
        return 0

    def _is_plural(self, run: list[str]) -> bool:
        """Whether people give a body its name: "Citizens for Clean Water"."""
        return len(run) == 1 and run[0].endswith("s") and not is_given(run[0])

    def _goes_on(self, run: list[str], at: int, body: bool) -> bool:
        """Whether a body's name goes on behind "and": "of Health and Human Services"."""
        if is_given(self.story.word(at)):
            return False
        if body and ("of" in run or "for" in run):
            return True
        last = at
        while self._is_word(last + 1) and last + 1 not in self.story.sentence_firsts:
            last += 1
        ends = self.story.word(last) in self.lexicon.organizations and last > at
        whole = run[-1] in self.lexicon.organizations
        return ends and not whole and len(run) > 2 and not is_given(run[0])

    # --- what of it is the name -------------------------------------------------------------------

    def name(self, first: int, end: int) -> Name | None:
        """The name in the run of tokens from `first` to before `end`; None if there is none."""
        while first < end - 1 and (self._is_addition(end - 1) or self._is_listener(end - 1)):
            end -= 1
        run = [self.story.word(k) for k in range(first, end)]
        head = first + self.offices.end(run)
        sure = head > first or is_given(run[0])
        end -= sure and end - head > 2 and run[-1] in self.lexicon.postnominals
        words = [k for k in range(head, end) if self.tokens[k].low[0].isalnum()]
        if not words:
            return None
        nickname = self._nickname_in(head, end)
        stop = self.tokens[end - 1].end
        owner = False
        for mark in ("'s", "'"):
            if self.tokens[end - 1].low.endswith(mark):
                stop, owner = stop - len(mark), True
                break
        if self._are_people([self.story.word(k) for k in words]):
            return None
        titles = tuple(
            self.story.word(k) for k in range(first, head) if self.story.low(k)[0].isalnum()
        )
        folded = tuple(
            without_possessive(self.story.word(k)) for k in words if self.story.word(k) != nickname
        )
        office = self.offices.is_one(folded) and not self.offices.has_mister(titles, folded)
        alone = head in self.initial and end - head == 1
        return Name(
            self.tokens[head].start, stop, self.tokens[first].start, head, end,
            folded or (nickname,), titles, nickname, owner, office, alone,
        )  # fmt: skip

    def _are_people(self, words: list[str]) -> bool:
        """Whether the words name nobody but people: "Mexicans", "House Republicans"."""
        if len(words) == 1:
            return self._is_people(words[0])
        last = words[-1]  # but "Indiana State Police"
        several = last in self.lexicon.groups and last not in self.lexicon.organizations
        return several and not JOINTS.intersection(words)

    def _is_people(self, word: str) -> bool:
        """Whether one word is no name but people: "Mexicans", "Teachers", or of them: "Mexican"."""
        lexicon = self.lexicon
        if word in lexicon.demonyms or word in lexicon.groups:
            return True
        one = word.removesuffix("s")
        return one != word and (
            one in lexicon.demonyms or one in lexicon.roles or word in self.small
        )

    def name_from(self, name: Name, skipped: int) -> Name:
        """The same name without its first words."""
        words = [k for k in range(name.first, name.last) if self.tokens[k].low[0].isalnum()]
        return self.name(words[skipped], name.last) or name

    def _is_listener(self, i: int) -> bool:
        """Whether a Serbian dative behind a name says who was told: "rekao je Perić Vestima"."""
        return self.language.code.startswith("sr") and self.story.word(i).endswith(("ima", "ama"))

    def _is_addition(self, i: int) -> bool:
        """Whether the last word or sign of a run is no part of the name: "Jr."."""
        if self.tokens[i].low == ".":
            return True
        return self.tokens[i].low in _SUFFIXES or self.tokens[i].low in self.language.suffixes

    def _nickname_in(self, first: int, end: int) -> str:
        for k in range(first, end - 2):
            if self.tokens[k].low in _OPENING:
                return self.story.word(k + 1)
        return ""
