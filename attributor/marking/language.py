"""Language packs: one TOML file a language, and which of them an article is written in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from attributor.errors import UsageError, quoted
from attributor.marking import identification
from attributor.records import Article
from attributor.shipped_tables import shipped_table

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4000
"""Code points at the head of an article that its language is read from."""
_HEAD = "\n[cues]"
"""A pack's file begins with its code, common words and scripts; the lists come after this line."""
_PART = 4
"""A compound's last part has at least so many letters."""
_FOLDER = Path(__file__).parent / "languages"


def _inverted(table: dict[str, list[str]]) -> dict[str, str]:
    """{kind: [words]} -> {word: kind}."""
    return {word: kind for kind, words in table.items() for word in words}


def _phrases(phrases: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in phrases)


class Compounds(dict[str, str]):
    """Word -> kind, where a compound is of its last part's kind ("Regierungssprecher")."""

    def __init__(self, kinds: dict[str, str]) -> None:
        super().__init__(kinds)
        self._longest = max(map(len, kinds), default=0)

    def get(self, word: str, default: Any = None) -> Any:
        """The kind of the longest end of `word` that is listed."""
        longer = max(len(word) - self._longest, 0)
        for start in range(longer, max(len(word) - _PART + 1, 1)):
            if dict.__contains__(self, word[start:]):
                return self[word[start:]]
        return default

    def __contains__(self, word: object) -> bool:
        return self.get(str(word)) is not None

    def __missing__(self, word: str) -> str:
        found = self.get(word)
        if found is None:
            raise KeyError(word)
        return str(found)


def _compounds(words: list[str]) -> Compounds:
    return Compounds(dict.fromkeys(words, "view"))


def _endings(table: dict[str, list[str]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {kind: _phrases(endings) for kind, endings in table.items()}


def _phrase_set(phrases: list[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(_phrases(phrases))


def _in(section: str, made: Callable[[Any], Any] = frozenset, empty: Any = ()) -> Any:
    """A field that is read from the list or table of its name in `section` of a pack's file."""
    return field(default_factory=lambda: made(empty), metadata={"section": section, "made": made})


class Stems:
    """Words, and with a "*" at the end all words that begin so, in lower case."""

    def __init__(self, listed: Iterable[str]) -> None:
        words = frozenset(listed)
        self._begun = tuple(sorted(word[:-1] for word in words if word.endswith("*")))
        self._whole = frozenset(word for word in words if not word.endswith("*"))

    def __contains__(self, word: str) -> bool:
        return word in self._whole or word.startswith(self._begun)

    def __iter__(self) -> Iterator[str]:
        return iter((*self._whole, *self._begun))


@dataclass(frozen=True, eq=False, repr=False)
class Language:
    """The words by which marking knows a language's cues and mentions, all in lower case.

    Each field is a list or table of the same name in the pack's file, in the section given here.
    Verbs are told by their lemma: `clausal` ones govern a clause ("said that"), `direct` ones only
    stand beside quotation marks ("joked"), `listening` ones name a listener first ("told
    reporters"), `infinitive` ones take "to", `core` ones end the clause before them.
    """

    code: str
    verbs: dict[str, str] = field(default_factory=dict)
    """Each form of the clausal and the direct verbs -> its lemma."""
    separable: dict[str, dict[tuple[str, ...], str]] = field(default_factory=dict)
    """First word of a form whose words stand apart ("teilte … mit") -> the others -> its lemma."""

    common: frozenset[str] = _in("")
    clausal: frozenset[str] = _in("cues")
    direct: frozenset[str] = _in("cues")
    listening: frozenset[str] = _in("cues")
    infinitive: frozenset[str] = _in("cues")
    core: frozenset[str] = _in("cues")
    unambiguous: frozenset[str] = _in("cues")
    """Forms that are verbs even behind a determiner."""
    nominal_forms: frozenset[str] = _in("cues")
    """Forms that are nouns more often than verbs ("claims")."""
    saying: str = _in("cues", str, "")
    """The lemma of the commonest verb."""
    relaying: frozenset[str] = _in("cues")
    """Forms of verbs whose object said something: "quoted her as saying"."""
    relayed_as: tuple[tuple[str, ...], ...] = _in("cues", _phrases)
    """What stands behind that object: "as saying"."""
    agents: frozenset[str] = _in("cues")
    """Words before whoever did what a passive tells ("by")."""
    rumours: frozenset[str] = _in("cues")
    """Participles of verbs in such a passive: "was reported"."""
    hearsay: tuple[tuple[str, ...], ...] = _in("cues", _phrases)
    """What stands behind them: "to have said"."""
    own_views: frozenset[tuple[str, ...]] = _in("cues", _phrase_set)
    """Prepositions and nouns that credit with a possessive between them: "in her view"."""
    statements: frozenset[str] = _in("cues")
    """Nouns for what is said or written, in a line that leads up to it."""
    moods: frozenset[str] = _in("cues")
    """Participles of how somebody is who speaks next: "was delighted: …"."""
    senders: frozenset[str] = _in("cues")
    """Words before whom such a line is about: "Statement by Mara Quill:"."""
    participle: str = _in("cues", str, "")
    """The ending of a present participle."""
    drops_subject: bool = _in("cues", bool, False)
    reflexives: frozenset[str] = _in("cues")
    """Words between a verb and a subject behind it ("oglasila se Ana Ilić: …")."""
    verb_endings: dict[str, tuple[tuple[str, ...], ...]] = _in("cues", _endings, {})
    """What a verb's ending tells of its subject: "m", "f", "plural", "nobody", or "same", that of
    the clause before. A second ending is that of another form of the pack, which has to be there:
    "kažu" is a plural because there is "kaže"."""
    prepositions: tuple[tuple[str, ...], ...] = _in("cues", _phrases)
    """ "according to" and the like."""
    postpositions: frozenset[tuple[str, ...]] = _in("cues", _phrase_set)
    """The same behind whom they credit ("zufolge")."""
    views: dict[str, str] = _in("cues", _compounds)
    """Nouns for what somebody says or thinks, whose parts a compound may end in ("Angaben")."""
    before_views: frozenset[str] = _in("cues")
    """Words that credit together with such a noun: "nach ersten Angaben der Polizei"."""
    tails: frozenset[str] = _in("cues")
    """Words that credit only right behind speech: "…, so die Ministerin"."""
    introducers: frozenset[str] = _in("cues")
    """Words before a reporting clause that reports the one beside it: "wie sie sagte, …"."""
    commas_part_clauses: bool = _in("cues", bool, False)
    """Whether commas stand between clauses and nowhere else: before a reported one always."""
    marked_sentences_stand_alone: bool = _in("cues", bool, False)
    """Whether whole sentences in marks behind other speech of their speaker are another quote."""
    numbers_begin_sentences: bool = _in("cues", bool, False)
    """Whether a sentence ends before a number too, where the splitter sees no end."""
    reported_mood: frozenset[str] = _in("cues")
    """Verb forms that tell by themselves that somebody else's words are reported ("sei")."""
    supposed_mood: frozenset[str] = _in("cues")
    """Those of them that also tell what is only supposed or wished ("wäre")."""
    passed_on: frozenset[str] = _in("cues")
    """Verb forms that pass on what others say, behind what is reported ("soll")."""
    mood_endings: tuple[str, ...] = _in("cues", tuple)
    other_endings: tuple[str, ...] = _in("cues", tuple)
    """What ends such a form right behind a noun or pronoun ("Der Plan helfe"); what does not."""
    conjunctions: frozenset[str] = _in("cues")
    introduces_content: frozenset[str] = _in("cues")
    """Those of them that are no part of what was said ("that")."""
    questions: frozenset[str] = _in("cues")
    """Words that begin a reported question, and other clauses too ("wie", "was")."""
    auxiliaries: frozenset[str] = _in("cues")
    passive: frozenset[str] = _in("cues")
    infinitive_marks: frozenset[str] = _in("cues")
    adverbs: frozenset[str] = _in("cues")
    adverb_endings: tuple[str, ...] = _in("cues", tuple)
    negative_endings: tuple[str, ...] = _in("cues", tuple)
    """The same for `negations` ("didn't")."""
    negations: frozenset[str] = _in("cues")
    withholding: frozenset[str] = _in("cues")
    """Words before an infinitive or participle that say that it was not done ("refused to")."""
    hesitation: frozenset[str] = _in("cues")
    """Those that a negation turns round ("did not hesitate to")."""
    nobody: frozenset[str] = _in("cues")
    """Subjects that mean nobody, beside the negations."""
    imagined: frozenset[str] = _in("cues")
    """Auxiliaries of what is not done, or not yet ("would")."""
    conditions: frozenset[str] = _in("cues")
    """Words that begin what is only supposed ("if")."""
    untrue: frozenset[str] = _in("cues")
    """Words before "that" by which what follows did not happen ("it is untrue that")."""
    proofs: frozenset[str] = _in("cues")
    """Words that say the same once they are denied ("there is no evidence that")."""
    rejecting: frozenset[str] = _in("cues")
    claims: frozenset[str] = _in("cues")
    """Nouns for what others say, behind such a verb or a preposition ("rejected claims that")."""
    suppositions: frozenset[str] = _in("cues")
    """Auxiliaries that do so before their subject ("had she said")."""
    question_words: frozenset[str] = _in("cues")
    """Words that begin a question, beside the auxiliaries."""
    object_verbs: frozenset[str] = _in("cues")
    """Forms of verbs whose object is no speech ("citing a letter")."""
    grounds: frozenset[str] = _in("cues")
    """Words that begin what is said of such an object ("criticised the bill as too late")."""
    naming: frozenset[str] = _in("cues")
    """Forms of verbs by which something has a name ("they call it the crow")."""
    asking: frozenset[str] = _in("cues")
    facts: frozenset[str] = _in("cues")
    """Forms of verbs that report a clause, but no noun alone: "confirmed the sale"."""
    thinking: frozenset[str] = _in("cues")
    """Forms of verbs by which marked words are only thought."""
    selves: frozenset[str] = _in("people")
    """Pronouns for whoever speaks as a listener: "told herself"."""
    authoring: frozenset[str] = _in("cues")
    """Forms of verbs whose object may be a work: "wrote “Salt on the Stairs”"."""
    topics: frozenset[str] = _in("cues")
    """Verbs, and what leads up to their topic, of which no words are told ("asked about")."""
    calls_upon: frozenset[str] = _in("cues")
    """Words behind a verb of naming that make it a demand ("call for")."""
    degrees: frozenset[str] = _in("cues")
    """Words that may stand before a denied verb, beside the adverbs ("ever")."""
    adjuncts: frozenset[str] = _in("cues")
    """Words that open a phrase of time, place or circumstance."""
    cases: frozenset[str] = _in("cues")
    """Prepositions that give their noun a case, so that it is nobody's subject ("za Radio Jezero");
    of a language in which a subject has its place without one, they are not needed."""
    times: frozenset[str] = _in("cues")
    """Those of them that are such a phrase by themselves ("Monday")."""
    relatives: frozenset[str] = _in("cues")
    joins: frozenset[str] = _in("cues")
    """Words that join one reporting clause to another with the same subject."""
    contrasts: frozenset[str] = _in("cues")
    """Words that join one with another subject ("while")."""
    choices: frozenset[str] = _in("cues")
    pairs: frozenset[str] = _in("cues")
    """Words between two who speak together."""
    links: frozenset[str] = _in("cues")
    """Words between the parts of one subject: "a spokesman for the ministry"."""
    owners: frozenset[str] = _in("cues")
    """Those of them that can stand behind a name."""
    breaks: frozenset[str] = _in("cues")
    """Words that begin a phrase or clause, where reported speech may begin or end."""
    pronouns: dict[str, str] = _in("people", _inverted, {})
    first_person: frozenset[str] = _in("people")
    determiners: frozenset[str] = _in("people")
    definite: frozenset[str] = _in("people")
    articles: frozenset[str] = _in("people")
    """Words that are an article or hold one ("am"), where it matters that a noun follows: there a
    number's full stop ends no sentence ("am 5. August"), and "Kai" is no given name."""
    has_articles: bool = _in("people", bool, True)
    possessives: frozenset[str] = _in("people")
    demonstratives: frozenset[str] = _in("people")
    """Words that mean the sentence before: "Das sagte sie"."""
    oblique: frozenset[str] = _in("people")
    """Determiners that begin no subject ("dem")."""
    genitives: frozenset[str] = _in("people")
    """Determiners by which a description goes on: "ein Sprecher der Polizei"."""
    of: frozenset[str] = _in("people")
    """The prepositions that do the same ("von")."""
    turn_roles: frozenset[str] = _in("people")
    """Labels in transcripts that name nobody: "Q", "moderator"."""
    asked_and_answered: tuple[tuple[str, ...], ...] = _in("people", _phrases)
    """Pairs of those labels that questions and answers have."""
    salutations: tuple[str, ...] = _in("people", tuple)
    """What the first line of a letter begins with."""
    farewells: tuple[str, ...] = _in("people", tuple)
    """What the line before its signature begins with."""
    becoming: frozenset[str] = _in("people")
    """Words of verbs by which somebody is or becomes something, beside "is": "was sworn in as"."""
    has_compounds: bool = _in("people", bool, False)
    """Whether the last part of a title or noun decides what it is."""
    titles: dict[str, str] = _in("people", _inverted, {})
    objects: frozenset[str] = _in("people")
    """Pronouns as objects ("him")."""
    honorifics: frozenset[str] = _in("people")
    abbreviations: dict[str, str] = _in("people", dict)
    nouns: dict[str, str] = _in("people", _inverted, {})
    """Nouns that can speak -> person, group, organization or document."""
    not_names: frozenset[str] = _in("names")
    """Words that are no names for all their capital at a sentence's start."""
    particles: frozenset[str] = _in("names")
    joints: frozenset[str] = _in("names")
    """Words that join the name of a body, but add a place to a person's."""
    suffixes: frozenset[str] = _in("names")
    """What may follow a person's name ("Jr.") and is no part of it here."""
    endings: tuple[str, ...] = _in("names", tuple)
    """Case endings of names, the longest first."""
    datives: tuple[str, ...] = _in("names", tuple)
    """Endings by which a name or noun is that of a listener."""
    nouns_have_capitals: bool = _in("names", bool, False)
    noun_endings: tuple[str, ...] = _in("names", tuple)
    """Endings of capitalised words that are no names."""
    places: frozenset[str] = _in("names")
    """Prepositions before a place."""
    given: dict[str, str] = _in("names", _inverted, {})
    """Given names -> "f" or "m"."""
    favor: Stems = _in("stance", Stems)
    """Words for whatever they are said of: supports, agrees, confirms."""
    against: Stems = _in("stance", Stems)
    """Words against it, doubt and blame among them."""
    good: Stems = _in("stance", Stems)
    bad: Stems = _in("stance", Stems)
    call: Stems = _in("stance", Stems)
    """Words that call for what comes after them: must, need."""
    turn: Stems = _in("stance", Stems)
    """Words that turn round what comes after them, beside the negations: fails to, lack of."""
    supposed: Stems = _in("stance", Stems)
    """Words of sentences that say what is not so, or not surely: if, would, might."""
    sayings: frozenset[tuple[str, ...]] = _in("stance", _phrase_set)
    """Phrases in which such words say nothing of a stance: right now, must admit."""
    begins_names: frozenset[str] = _in("stance")
    """Words that make another name of the one behind them: New, North, Saint."""

    @cached_property
    def clause_joins(self) -> frozenset[str]:
        """What joins one reporting clause to another."""
        return self.joins | self.contrasts | {";"}

    @cached_property
    def verbs_in_passives(self) -> frozenset[str]:
        """Verbs whose passive can name who spoke: "was described by Quill as", "is said to"."""
        return self.object_verbs.union(self.verbs, self.rumours)

    def subject_of_verb(self, form: str) -> str:
        """What a reporting verb's form (in lower case) tells of its subject; "" if nothing."""
        for kind, endings in self.verb_endings.items():
            for ending, *other in endings:
                if form.endswith(ending):
                    sibling = form.removesuffix(ending) + "".join(other)
                    if not other or sibling in self.verbs:
                        return kind
        return ""

    def attributes(self, words: tuple[str, ...]) -> bool:
        """Whether words (in lower case) credit somebody: a verb, "according to", "zufolge"."""
        if words in self.prepositions or words in self.postpositions:
            return True
        if any(word in self.verbs or word in self.tails for word in words):
            return True
        apart = (others for word in words for others in self.separable.get(word, ()))
        if any(set(others) <= set(words) for others in apart):
            return True
        begins = words[:1] != () and words[0] in self.before_views
        return begins and any(word in self.views for word in words[1:])


UNKNOWN = "und"


def codes() -> tuple[str, ...]:
    """The languages that there are packs for, as `--language` takes them."""
    return tuple(sorted(pack.code for pack in _packs()))


@cache
def load(code: str) -> Language:
    """The pack for `code`; that of an unknown language knows no words.

    Raises:
        UsageError: there is no pack for `code`.
    """
    if code == UNKNOWN:
        return _language(code, {})
    for pack in _packs():
        if pack.code == code:
            data = shipped_table(_FOLDER / pack.file)
            return _language(code, _transliterated(data, pack.table) if pack.table else data)
    raise UsageError(
        f"There is no language pack {quoted(code)}; use one of {', '.join(codes())}, "
        "or leave the language to be detected."
    )


def known(code: str | None) -> str | None:
    """The pack for an article's own language code ("en-GB", "sr"), or None if there is none."""
    if code is None:
        return None
    candidates = [c for c in codes() if c.lower() == code.lower()]
    candidates += [c for c in codes() if "-" not in c and c == code.lower().split("-")[0]]
    return candidates[0] if candidates else None


def of(article: Article, language: str | None = None) -> str:
    """The pack that `article` is read with: `language`, else its own, else by its words."""
    return language or known(article.language) or detect(article.text)


def detect(text: str) -> str:
    """The pack that fits the text's words, unless it is surely in another language; else "und"."""
    words = _WORD.findall(text[:_SAMPLE].lower())
    fit = identification.fits(words, {pack.code: pack.common for pack in _packs()})
    if fit is None:
        return UNKNOWN
    if fit.share >= identification.SURE_SHARE:
        return fit.code
    found = identification.identified(text)
    own = next(pack.identified_as for pack in _packs() if pack.code == fit.code)
    return fit.code if not found or found in own else UNKNOWN


class _Pack(NamedTuple):
    """What is known of a pack without reading its lists."""

    code: str
    file: str
    common: frozenset[str]
    identified_as: frozenset[str]
    """What `identification` calls texts that the pack is for."""
    table: dict[str, str]
    """From the file's script to the pack's, the longest first."""


@cache
def _packs() -> tuple[_Pack, ...]:
    """Every pack, by the heads of their files; a file may serve several scripts."""
    return tuple(pack for name in _files() for pack in _of_file(name))


def _of_file(name: str) -> Iterator[_Pack]:
    head = shipped_table(_FOLDER / name, before=_HEAD)
    tables = {head["code"]: {}, **head.get("scripts", {})}
    for code, table in tables.items():
        longest_first = dict(sorted(table.items(), key=lambda pair: -len(pair[0])))
        common = frozenset(_in_script(word, longest_first) for word in head["common"])
        yield _Pack(code, name, common, frozenset(head["identified_as"]), longest_first)


def _files() -> tuple[str, ...]:
    return tuple(sorted(f.name for f in _FOLDER.iterdir() if f.name.endswith(".toml")))


def _language(code: str, data: dict[str, Any]) -> Language:
    values: dict[str, Any] = {}
    for each in fields(Language):
        section = each.metadata.get("section")
        table = data if section == "" else data.get(section or "", {})
        if each.name in table and "made" in each.metadata:
            values[each.name] = each.metadata["made"](table[each.name])
    if values.get("has_compounds"):
        values |= {name: Compounds(values[name]) for name in ("titles", "nouns")}
    pack = Language(code, *_verbs(data.get("cues", {})), **values)
    closed = (pack.conjunctions, pack.auxiliaries, pack.adjuncts, pack.relatives)
    never = pack.not_names.union(*closed, pack.determiners, pack.possessives)
    return replace(pack, not_names=never)


def _verbs(cues: dict[str, Any]) -> tuple[dict[str, str], dict[str, dict[tuple[str, ...], str]]]:
    """Form -> lemma, and the forms of several words by their first one.

    The lemma is a form too, but for those of `no_base`.
    """
    verbs = {**cues.get("clausal", {}), **cues.get("direct", {})}
    forms = {form: lemma for lemma, listed in verbs.items() for form in listed}
    forms |= {lemma: lemma for lemma in verbs if lemma not in cues.get("no_base", ())}
    apart: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
    for form, lemma in forms.items():
        first, *others = form.split()
        if others:
            apart[first][tuple(others)] = lemma
    return {form: lemma for form, lemma in forms.items() if " " not in form}, dict(apart)


_LEMMAS = ("core", "listening", "infinitive", "no_base", "saying")


def _transliterated(value: Any, table: dict[str, str]) -> Any:
    """The same data with every word in another script; keys are structure, and so are lemmas."""
    if isinstance(value, str):
        return _in_script(value, table)
    if isinstance(value, list):
        return [_transliterated(v, table) for v in value]
    if isinstance(value, dict):
        return {k: v if k in _LEMMAS else _transliterated(v, table) for k, v in value.items()}
    return value


def _in_script(word: str, table: dict[str, str]) -> str:
    for latin, other in table.items():  # the longest first
        word = word.replace(latin, other)
    return word
