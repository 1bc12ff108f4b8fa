"""What a column or a key holds of an article, as far as its name and what stands there tell.

Names are folded: case, accents, digits, spaces and punctuation do not count. The usual ones are
listed; others are known as they are put together, so that "news_content" is a text and
"date_publish" a date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NAMES = {
    "text": _words(
        "text fulltext articletext maintext bodytext texte texto testo tekst текст metin volltext "
        "artikeltext fliesstext body articlebody bodyhtml texthtml contenthtml html content "
        "contents postcontent contentencoded cleantext plaintext rawtext inhalt contenu contenido "
        "contenuto conteudo cuerpo corps corpo inhoud sadrzaj садржај tresc содержание obsah "
        "icerik article artikel articulo articolo artigo artykul clanak чланак clanek статья "
        "story noticia beitrag transcript"
    ),
    "title": _words(
        "title headline articletitle heading hed posttitle webtitle titel titre titulo titolo "
        "titular titulek naslov наслов tytul заголовок naziv uberschrift schlagzeile kop baslik"
    ),
    "published": _words(
        "published publishedat publicationdate publishdate datepublished pubdate firstpublished "
        "webpublicationdate postdate articledate date datetime timestamp createdat created "
        "veroffentlicht erscheinungsdatum datum fecha data дата датум tarih datepublication "
        "fechapublicacion datapublikacji datumobjave"
    ),
    "id": _words(
        "id articleid docid documentid postid storyid recordid uid uuid guid identifier "
        "identifiant kennung artikelid idarticle identificador sifra"
    ),
    "byline": _words("byline author authors autor auteur autore autorzy аутор автор creator"),
    "url": _words("url link permalink weburl canonicalurl sourceurl articleurl href adresse"),
    "language": _words("language lang sprache langue idioma lingua jezik јазик језик"),
}
"""What a column is called by what it holds, folded as by `folded`, the surer names first."""
MIN_TEXT_CHARACTERS = 20
"""How long texts are on the average, at least; codes and names are shorter."""
_MAX_NAME_LETTERS = 40
"""The longest name that is told by the words that it is put together from."""

_THING_WORDS = r"news|article|artikel|story|post|web|page|doc|document|item|full|orig(?:inal)?"
"""Words for an article, or a part of one."""
_STATE_WORDS = r"raw|clean(?:ed)?|main|plain|extracted|parsed|body"
"""Words for what was done to a text."""
_TEXT_WORDS = (
    r"text|contents?|body|html|document|texte|texto|testo|tekst|текст|inhalt|contenu|contenido|"
    r"contenuto|conteudo"
)
"""Words for a text."""
_IS_TEXT = re.compile(
    rf"(?:{_THING_WORDS}|{_STATE_WORDS})*(?:{_TEXT_WORDS})"
    rf"(?:{_THING_WORDS}|{_STATE_WORDS}|{_TEXT_WORDS})*"
)
"""The name of a column that holds texts, as it is put together."""
_LESS_SURE = re.compile(r"raw|html|document")
"""Words in the name of a column that is taken for the text only where no other is."""

_PUBLISHED_WORDS = (
    r"pub(?:bl[a-z]{0,9}|li[a-z]{0,9})?|veroffentlich[a-z]{0,4}|erschein[a-z]{0,5}|paru[a-z]{0,4}|"
    r"opublikow[a-z]{0,4}|objav[a-z]{0,6}|vydan[a-z]{0,2}|zverejn[a-z]{0,4}|yayin[a-z]{0,6}|"
    r"(?:о|ob)?публик[а-я]{0,6}|објав[а-яјљњ]{0,6}|издан[а-я]{0,4}"
)
"""Words for publishing."""
_ISSUED_WORDS = (
    r"post(?:ed)?|issued?|releas(?:ed?|ing)|print(?:ed)?|air(?:ed)?|broadcast|upload(?:ed)?|"
    r"crea[a-z]{0,6}|erstell[a-z]{0,4}|diffus[a-z]{0,4}|emis[a-z]{0,4}|kreir[a-z]{0,4}|"
    r"создан[а-я]{0,4}"
)
"""Words for issuing or making something."""
_DAY_WORDS = (
    r"date|datetime|time|timestamp|day|utc|datum|tag|zeit|uhrzeit|heure|jour|fecha|hora|data|ora|"
    r"giorno|dia|tijd|czas|dzien|cas|den|vreme|vrijeme|дата|датум|время|време|tarihi?|saati?"
)
"""Words for a day or a time."""
_JOINING_WORDS = r"of|de|di|der|des|du|da|do|la|iso|first|display"
"""Words that join others, and change nothing."""
_DONE_WORDS = (
    r"published|posted|issued|released|created|printed|aired|uploaded|publicad[oa]|pubblicat[oa]|"
    r"publiee?|paru|veroffentlicht|erschienen|erstellt|gepubliceerd|geplaatst|opublikowan[eoy]|"
    r"objavljen[oa]?|опубликован[оа]?|објављен[оа]?|yayinlandi|zverejneno|vydano"
)
"""Participles that stand for a date by themselves."""
_IS_DATE = re.compile(
    rf"(?=.*(?:{_DAY_WORDS}))(?:{_THING_WORDS}|{_JOINING_WORDS}|{_PUBLISHED_WORDS}|"
    rf"{_ISSUED_WORDS}|{_DAY_WORDS}|text|content)*|"
    rf"(?:{_THING_WORDS}|{_JOINING_WORDS})*(?:{_DONE_WORDS})(?:on|at|am|le|el|il|op|em|w|dne)?"
)
"""The name of a column that holds dates, as it is put together."""
_SAYS_PUBLISHED = re.compile(_PUBLISHED_WORDS)
"""What makes a date that of publishing."""
_DATED = re.compile(r".*(?:\d{4}|\d{1,2}\D{1,2}\d{1,2}\D{1,2}\d{2}).*")
"""A cell that may be a date."""
_MAX_DATE_CHARACTERS = 60
"""The longest date, with what stands beside it."""
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)\S+", re.IGNORECASE)
"""A cell that is an address."""
_NAMES_ADDRESS = re.compile(r".*(?:url|urls|uri|href|link|links)")
"""The name of a column that holds addresses."""


def folded(name: str) -> str:
    """A column's name in small letters alone: "Veröffentlicht_am " and "pubDate" are words too."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_FOLDED_BY_HAND)
    return re.sub(r"[\W\d_]+", "", "".join(c for c in plain if not unicodedata.combining(c)))


_FOLDED_BY_HAND = str.maketrans("łđøıß", "ldois")
"""Letters that have no accent to take off, and their plain ones."""


def rank(key: str, name: str, cells: Sequence[str]) -> float | None:
    """How surely a column holds what `key` says; less is surer, None if its name does not tell.

    Args:
        key: text, title, published, id, byline, url or language.
        name: the column's, folded.
        cells: what stands in it in the first rows, without white space at the edges.
    """
    if key == "text" and are_addresses(name, cells):
        return None
    known = NAMES[key]
    if name in known:
        return known.index(name)
    if len(name) > _MAX_NAME_LETTERS:
        return None
    if key == "text" and _IS_TEXT.fullmatch(name) and mean(cells) >= MIN_TEXT_CHARACTERS:
        return len(known) + bool(_LESS_SURE.search(name))
    if key == "published" and _IS_DATE.fullmatch(name) and _are_dates(cells):
        # One that says so goes before a mere date, and before when a row was made.
        said = _SAYS_PUBLISHED.search(name) is not None
        return known.index("postdate") - 0.5 if said else len(known)
    return None


def is_known(key: str, name: str) -> bool:
    """Whether a column with this name, folded, may hold what `key` says."""
    if name in NAMES[key]:
        return True
    rule = {"text": _IS_TEXT, "published": _IS_DATE}.get(key)
    return rule is not None and len(name) <= _MAX_NAME_LETTERS and bool(rule.fullmatch(name))


def are_addresses(name: str, cells: Sequence[str]) -> bool:
    """Whether a column holds addresses, by its name, folded, or by all that stands in it."""
    filled = [cell for cell in cells if cell]
    return _NAMES_ADDRESS.fullmatch(name) is not None or (
        bool(filled) and all(_ADDRESS.fullmatch(cell) for cell in filled)
    )


def mean(cells: Sequence[str]) -> float:
    """How long the cells of a column are on the average, in characters."""
    return sum(map(len, cells)) / max(len(cells), 1)


def _are_dates(cells: Sequence[str]) -> bool:
    return all(
        not cell or (len(cell) <= _MAX_DATE_CHARACTERS and _DATED.fullmatch(cell) is not None)
        for cell in cells
    )
