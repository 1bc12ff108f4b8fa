"""What single words say about whoever bears them: roles, honorifics, bodies, places, gender."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from attributor.marking.language import Language, load
from attributor.shipped_tables import shipped_table

_FOLDER = Path(__file__).parent / "data"
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "d", "е": "e", "ж": "z", "з": "z",
    "и": "i", "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "c", "у": "u", "ф": "f", "х": "h", "ц": "c",
    "ч": "c", "џ": "dz", "ш": "s",
}  # fmt: skip
_LETTERS = {"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}
_WOMEN = (0.01, 0.1, 0.5, 0.9, 0.99)
"""The share of women that stands for each band of the list of given names."""
_SHORTEST_ROLE = 6
"""A word with an agent's ending is a role if it has at least so many letters."""


def _folded(words: dict[str, str]) -> dict[str, str]:
    """The same words folded; compounds are known by their last part where they were."""
    return type(words)({fold(word): kind for word, kind in words.items()})


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word in Latin letters without accents, lower case, apostrophes and dots left alone."""
    low = word.lower()
    if low.isascii():
        return low
    latin = "".join(_LETTERS.get(ch) or _CYRILLIC.get(ch, ch) for ch in low)
    plain = unicodedata.normalize("NFKD", latin)
    return "".join(ch for ch in plain if not unicodedata.combining(ch))


@cache
def _given() -> str:
    """All given names in their order, each on a line of its own with the digit of its band."""
    return (_FOLDER / "given_names.txt").read_text(encoding="ascii")


@lru_cache(maxsize=16384)
def _listed(name: str) -> int | None:
    """The band of a name in the list, which is searched and not taken apart at every start."""
    names = _given()

    def at(offset: int) -> str:
        begin = names.rfind("\n", 0, offset) + 1
        return names[begin : names.find("\n", begin) - 1]

    line = bisect_left(range(len(names)), name, key=at)
    return int(names[line + len(name)]) if line < len(names) and at(line) == name else None


def _band(given_name: str) -> int | None:
    band = _listed(given_name)
    return _listed(given_name.partition("-")[0]) if band is None else band


def women_of(given_name: str) -> float | None:
    """The share of women among those who bear a (folded) given name; None if it is unknown."""
    band = _band(given_name)
    return None if band is None else _WOMEN[band % len(_WOMEN)]


def is_given(word: str) -> bool:
    """Whether a (folded) word is so well known as a given name that it is hardly anything else."""
    bands = (_listed(part) for part in (word, *word.split("-")[:1]))
    return any(band is not None and band < len(_WOMEN) for band in bands)


@dataclass(frozen=True)
class Lexicon:
    """The words of one language, folded, as sets; see `data/people.toml`.

    `casual` roles are held by somebody whom articles often leave unnamed (the judge, the driver);
    `relations` are somebody's to somebody else ("his wife"); `officers_of_companies` tell that a
    name before them is a company's; `classes` is a hypernym -> the roles that it may mean, `bodies`
    a noun for bodies -> words in the names of such ones.
    """

    language: Language
    words: dict[str, frozenset[str]]
    classes: dict[str, frozenset[str]]
    bodies: dict[str, frozenset[str]]

    def _list(self, name: str) -> frozenset[str]:
        return self.words.get(name, frozenset())

    @cached_property
    def honorifics(self) -> frozenset[str]:
        """Words before a name that are neither part of it nor a role: "Mr", "Shri"."""
        pack = frozenset(map(fold, self.language.honorifics))
        return pack.union(*(self._list(f"honorifics{end}") for end in ("", "_m", "_f")))

    @cached_property
    def postnominals(self) -> frozenset[str]:
        """Letters behind a name that are no part of it: "TD", "OBE"."""
        return self._list("postnominals")

    @cached_property
    def roles(self) -> frozenset[str]:
        """Nouns for what somebody is."""
        lang = self.language
        people = (w for w in (*lang.titles, *lang.nouns) if lang.nouns.get(w, "person") == "person")
        return frozenset(map(fold, people)) | self._list("roles") | self._list("casual")

    @cached_property
    def organizations(self) -> frozenset[str]:
        """Words that a body's name has."""
        pack = (w for w, kind in self.language.nouns.items() if kind == "organization")
        return frozenset(map(fold, pack)) | self._list("organizations")

    @cached_property
    def documents(self) -> frozenset[str]:
        """Nouns for what can be read."""
        return frozenset(fold(w) for w, k in self.language.nouns.items() if k == "document")

    @cached_property
    def groups(self) -> frozenset[str]:
        """Nouns for more than one person."""
        return frozenset(fold(w) for w, k in self.language.nouns.items() if k == "group")

    @cached_property
    def casual(self) -> frozenset[str]:
        """Roles of those whom articles often leave unnamed: the judge."""
        return self._list("casual")

    @cached_property
    def relations(self) -> frozenset[str]:
        """What somebody is to somebody else: "his wife"."""
        return self._list("relations")

    @cached_property
    def bound(self) -> frozenset[str]:
        """What somebody is to a body or to a case, which says little of their life: employee."""
        return self._list("bound")

    @cached_property
    def of_lives(self) -> frozenset[str]:
        """Adjectives that tell of somebody's life rather than of an office: former, retired."""
        return self._list("of_lives") | self.past

    @cached_property
    def past(self) -> frozenset[str]:
        """Those of them that say that it is over: former."""
        return self._list("past")

    @cached_property
    def lesser(self) -> frozenset[str]:
        """Words that make another office of one: deputy, vice, former."""
        return self._list("lesser") | self.past

    @cached_property
    def ranks(self) -> frozenset[str]:
        """Words by which offices of one noun are told apart: deputy mayor, finance minister."""
        return self._list("portfolios") | self._list("lesser")

    @cached_property
    def places(self) -> frozenset[str]:
        """Countries, capitals and the like."""
        return self._list("places")

    @cached_property
    def place_ends(self) -> frozenset[str]:
        """Last words of the names of places: "Street"."""
        return self._list("place_ends")

    @cached_property
    def named_things(self) -> frozenset[str]:
        """Last words of what is no body and no place and bears somebody's name: "Mandela Day"."""
        return self._list("named_things")

    @cached_property
    def named_after_people(self) -> frozenset[str]:
        """Last words of all that bears somebody's name: "Nelson Mandela Bridge", "Fund", "Day"."""
        return self.named_things | self.place_ends | self.organizations

    @cached_property
    def demonyms(self) -> frozenset[str]:
        """Adjectives of nations and parties."""
        return self._list("demonyms")

    @cached_property
    def papers(self) -> frozenset[str]:
        """Words in the names of papers and broadcasters."""
        return self._list("papers")

    @cached_property
    def officers_of_companies(self) -> frozenset[str]:
        """Heads of companies."""
        return self._list("officers_of_companies")

    @cached_property
    def nobodies(self) -> frozenset[str]:
        """Words that begin sentences like names and never are any: "Nobody"."""
        return self._list("nobodies")

    @cached_property
    def epithets(self) -> frozenset[str]:
        """Adjectives before a given name that are no part of it: "Old Jan Berg"."""
        return self._list("epithets")

    @cached_property
    def acts(self) -> frozenset[str]:
        """Forms of verbs that do not tell by their ending that they are verbs: "met"."""
        return self._list("acts")

    @cached_property
    def pronouns(self) -> dict[str, str]:
        """Folded pronoun -> "m", "f", "plural", "first", "thing" or "relative"."""
        found = {fold(word): kind for word, kind in self.language.pronouns.items()}
        for kind in ("m", "f", "plural"):
            found.update(dict.fromkeys(self._list(f"pronouns_{kind}"), kind))
        return found

    @cached_property
    def her_alone(self) -> frozenset[str]:
        """Forms of "she" that are possessives, too, but where nothing follows: "ihr zufolge"."""
        return self._list("her_alone")

    @cached_property
    def _known_roles(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _known_genders(self) -> dict[str, str]:
        return {}

    @cached_property
    def _known_people(self) -> dict[str, bool]:
        return {}

    def is_role(self, word: str) -> bool:
        """Whether a folded word is a noun for what somebody is, known or by its ending."""
        known = self._known_roles.get(word)
        if known is None:
            known = self._known_roles[word] = self._is_role(word)
        return known

    def _is_role(self, word: str) -> bool:
        if word in self.roles:
            return True
        if self.language.code != "en" or len(word) < _SHORTEST_ROLE:
            return self.language.has_compounds and self._is_listed(word)
        return word.endswith(_AGENTS) and not word.endswith(_NO_AGENTS)

    def is_person(self, word: str) -> bool:
        """Whether a folded word is a noun for what somebody is, to others too, or of a gender."""
        known = self._known_people.get(word)
        if known is None:
            known = self.is_role(word) or word in self.relations or bool(self.gender_of_noun(word))
            self._known_people[word] = known
        return known

    def is_office(self, word: str) -> bool:
        """Whether a folded word with a capital is a role; surnames end like roles, too."""
        if word in self.roles or (self.language.has_compounds and self._is_listed(word)):
            return True
        return self.language.code == "en" and word.endswith(_OFFICES) and len(word) > _SHORTEST_ROLE

    def _is_listed(self, word: str) -> bool:
        """Whether a folded word, or the last part of a compound, is a title or a person's noun."""
        return self._nouns.get(word) == "person" or word in self._titles

    @cached_property
    def _nouns(self) -> dict[str, str]:
        return _folded(self.language.nouns)

    @cached_property
    def _titles(self) -> dict[str, str]:
        return _folded(self.language.titles)

    def gender_of_noun(self, word: str) -> str:
        """ "f" or "m" if a folded noun or title means only women or men, else ""."""
        known = self._known_genders.get(word)
        if known is None:
            known = self._known_genders[word] = self._gender_of(word)
        return known

    def _gender_of(self, word: str) -> str:
        if word in self._list("f") or word in self._list("honorifics_f"):
            return "f"
        if word in self._list("m") or word in self._list("honorifics_m"):
            return "m"
        known = self._titles.get(word)
        if known in ("f", "m"):
            return known
        if self.language.code == "en" and word.endswith(("woman", "ess")) and len(word) > 5:
            return "f"
        if self.language.code == "de" and len(word) > 4 and self._is_listed(word):
            return "f" if word.endswith("in") else ""
        return "m" if self.language.code == "en" and word.endswith("man") else ""

    def means(self, noun: str, role: str) -> bool:
        """Whether `noun` may mean somebody who was called `role`: "the diplomat", ambassador."""
        return noun == role or role in self.classes.get(noun, ())

    def is_body(self, noun: str) -> bool:
        """Whether a folded noun means bodies rather than people."""
        return (noun in self.organizations or noun in self.bodies) and not self.is_role(noun)

    def is_named_for(self, noun: str, word: str) -> bool:
        """Whether a word in a body's name tells that it is such a one: "the airline", Airways."""
        return word in self.bodies.get(noun, ())


_OFFICES = ("ologist", "woman", "person", "keeper", "maker", "master", "writer")
_AGENTS = ("er", "or", "ist", "ian", "eer", "man", "woman", "person", "ologist", "keeper", "maker")
_NO_AGENTS = (
    "ther", "ever", "after", "under", "over", "ember", "ober", "number", "matter", "center",
    "paper", "power", "order", "water", "winter", "summer", "letter", "chapter", "cover", "corner",
    "former", "super", "super", "rather", "asian", "indian", "persian", "russian", "italian",
    "canadian", "norwegian", "australian", "austrian", "brazilian", "egyptian", "iranian",
    "ukrainian", "hungarian", "romanian", "bulgarian", "belgian", "nigerian", "ghanaian",
    "interior", "exterior", "junior", "senior", "major", "minor", "prior", "superior", "twitter",
    "human", "german", "roman", "woman's", "easter", "eastern", "quarter", "silver", "river",
    "tower", "member", "labor", "harbor", "honor", "color", "error", "horror", "mirror", "sector",
    "factor", "christian", "presbyterian", "lutheran",
)  # fmt: skip


@cache
def lexicon(code: str) -> Lexicon:
    """The lexicon of a language pack ("sr-Cyrl" has that of "sr-Latn", whose words are folded)."""
    tables = _tables()
    name = "sr-Latn" if code.startswith("sr") else code
    table = tables.get(name, {})
    lists = {key: frozenset(v.split()) for key, v in table.items() if isinstance(v, str)}
    classes = {key: frozenset(v.split()) for key, v in table.get("classes", {}).items()}
    bodies = {key: frozenset(v.split()) for key, v in table.get("bodies", {}).items()}
    return Lexicon(load(code), lists, classes, bodies)


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return shipped_table(_FOLDER / "people.toml")
