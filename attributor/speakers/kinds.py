"""Whether a name is a person's or a body's, a place's, a thing's: clues, and what they weigh."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set

from attributor.speakers import model
from attributor.speakers.lexicon import is_given, women_of
from attributor.speakers.names import PARTICLES, Name
from attributor.speakers.story import Story

_BEFORE_PLACES = frozenset(
    ["in", "at", "near", "into", "across", "from", "throughout", "outside", "around"]
)
_BEHIND_BODIES = frozenset(["that", "which", "of", "for", "in", "based", "from", ","])
"""What may follow the noun of such a description; a person's goes on: "a party leader"."""
_DESCRIPTION = 5
"""Such a noun is among so many words."""
_OWNED_BY_BODIES = frozenset(
    [
        "president",
        "chief",
        "director",
        "chairman",
        "chairwoman",
        "ceo",
        "government",
        "minister",
        "leader",
        "parliament",
        "capital",
        "spokesman",
        "spokeswoman",
        "headquarters",
        "economy",
        "army",
        "borders",
        "citizens",
        "members",
        "employees",
    ]
)
BODY_BEHIND = "a body behind"
"""The clue of a description that only a body has: "Greenways, a charity that plants hedges,"."""
ITS_OWN_IT = "says what it does"
"""The clue of a name that speaks of itself as "it": "Velora said it would close the plant"."""
_BY_IT = -1.5
"""Log-odds of a person that this gives."""
COMPANY = "its officer bears its name"
"""The clue that makes a company of "Holt" where Edith Holt is the chief executive."""
BODIES = frozenset(
    [
        "ends in a body",
        "holds a body",
        "place",
        "ends in a place",
        "acronym",
        "the before",
        "digit",
        "somebody's of it",
    ]
)
"""Clues of a name that is nobody's."""
MISTER = "Mr or Ms"
"""The clue of an honorific that tells the gender; only people have one."""
PRONOUN = "he or she means it"
"""The clue that a pronoun surely meant the name."""
_BY_PRONOUN = 1.5
"""Log-odds that this gives."""
_SURE = 4.0
"""Log-odds of what needs no weighing."""
_OF_PEOPLE = frozenset(["sure given name", "only a given name", "title", "role", "age behind"])
"""Clues of a name that is a person's, whatever "it" may mean."""
_LONG = 4
"""Names of so many words and more are counted as one."""


def person(clues: Set[str]) -> float:
    """Log-odds of a person."""
    if COMPANY in clues or BODY_BEHIND in clues:
        return -_SURE
    if MISTER in clues:
        return _SURE
    he_or_she = _BY_PRONOUN if PRONOUN in clues else 0.0
    it = _BY_IT if ITS_OWN_IT in clues and not clues & _OF_PEOPLE else 0.0
    return model.current().score("kind", features(clues)) + he_or_she + it


def features(clues: Collection[str]) -> set[str]:
    """The clues, and whether none is one of a body or a place."""
    return {*clues, *([] if BODIES & set(clues) else ["no sign of a body"])}


def clues(story: Story, name: Name, roles: Sequence[str]) -> set[str]:
    """What tells the kind of a name, where it stands."""
    words, lexicon = name.words, story.lexicon
    found = {"any", f"{min(len(words), _LONG)} words"}
    found |= set(_of_words(story, name))
    if any(t in lexicon.honorifics for t in name.titles):
        found.add("honorific")
    if any(t in lexicon.honorifics and lexicon.gender_of_noun(t) for t in name.titles):
        found.add(MISTER)
    if name.titles:
        found.add("title")
    if roles:
        found.add("role")
    if name.nickname:
        found.add("nickname")
    found |= set(_around(story, name))
    return found


def _of_words(story: Story, name: Name) -> Iterable[str]:
    words, lexicon = name.words, story.lexicon
    if words[-1] in lexicon.organizations:
        yield "ends in a body"
    elif any(w in lexicon.organizations for w in words):
        yield "holds a body"
    if words[0] not in lexicon.organizations and is_given(words[0]):
        yield "sure given name" if len(words) > 1 else "only a given name"
    elif women_of(words[0]) is not None:
        yield "given name" if len(words) > 1 else "perhaps a given name"
    if " ".join(words) in lexicon.places or words[-1] in lexicon.places:
        yield "place"
    if words[-1] in lexicon.place_ends and len(words) > 1:
        yield "ends in a place"
    yield from _of_small_words(words)
    if words[0] in lexicon.demonyms or words[-1] in lexicon.demonyms:
        yield "demonym"
    yield from _of_letters(story.text[name.start : name.end].replace(".", ""), words)


def _of_small_words(words: Sequence[str]) -> Iterable[str]:
    if any(w in ("of", "for", "and", "&", "the") for w in words):
        yield "joint"
    if any(w in PARTICLES for w in words[1:-1]):
        yield "particle"
    if any((len(w) == 1 or "." in w) and w.isalpha() for w in words[:-1]):
        yield "initial"


def _of_letters(written: str, words: Sequence[str]) -> Iterable[str]:
    if written.isupper() and len(words) == 1 and len(written) <= 6:
        yield "acronym"
    elif any(ch.isupper() for ch in written[1:]) and len(words) == 1:
        yield "inner capital"
    if len(words) == 1 and words[0].endswith("s"):
        yield "one word in s"
    if any(ch.isdigit() for ch in written):
        yield "digit"


def _around(story: Story, name: Name) -> Iterable[str]:
    before, after = story.low(story.index(name.outer) - 1), story.low(name.last)
    lang = story.language
    yield from _before(story, name, before)
    if after == ",":
        yield from _behind_comma(story, name.last + 1)
    elif after == "who":
        yield "who behind"
    elif after in lang.verbs and _speaks_of_itself(story, name.last + 1):
        yield ITS_OWN_IT
    if after in lang.verbs or after in lang.auxiliaries:
        yield "speaks" if after in lang.verbs else "auxiliary behind"
    if name.owner:
        yield "owner of a body's" if story.word(name.last) in _OWNED_BY_BODIES else "owner"
    if after == "(" and story.low(name.last + 2) == "-":
        yield "party behind"
    if story.lexicon.is_role(story.word(name.last)) and not name.owner:
        yield "modifies a role"


def _speaks_of_itself(story: Story, i: int) -> bool:
    """Whether what is said there begins with "it", and not of the weather: "it would close"."""
    i += story.low(i) in story.language.introduces_content
    does = story.low(i + 1) in story.language.imagined or story.low(i + 1) in ("will", "had", "has")
    return does and story.lexicon.pronouns.get(story.word(i)) == "thing"


def _is_body_described(story: Story, i: int) -> bool:
    """Whether a description that begins at `i` is one of a body: "a charity that plants …"."""
    if story.low(i) not in story.language.determiners:
        return False
    for k in range(i + 1, i + _DESCRIPTION):
        low, word = story.low(k), story.word(k)
        if not low[:1].isalpha() or low in story.language.relatives or story.lexicon.is_role(word):
            return False
        if story.language.nouns.get(low) == "organization":
            return story.low(k + 1) in _BEHIND_BODIES
    return False


def _behind_comma(story: Story, i: int) -> Iterable[str]:
    low = story.low(i)
    if _is_body_described(story, i):
        yield BODY_BEHIND
    if low.isdigit() and story.low(i + 1) in (",", "."):
        yield "age behind"
    elif low in ("who", "which"):
        yield f"{low} behind"


def _before(story: Story, name: Name, before: str) -> Iterable[str]:
    if before == "the" and not name.titles:
        yield "the before"
    if before in _BEFORE_PLACES:
        yield "place before"
    if before in ("for", "of") and story.lexicon.is_role(story.word(story.index(name.outer) - 2)):
        yield f"somebody's {before} it"
