"""Which column of a table, or which key of an object, holds what of an article.

The user says, or it is guessed: by name, in the languages that newsrooms' exports are headed in,
and for the text by what stands in the column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attributor.errors import ReadingError, quoted
from attributor.marking.breaking_off import breaks_off
from attributor.reading.articles import LONE_SURROGATE, FoundArticle, article_from_text
from attributor.reading.cell_markup import article_from_markup, holds_markup
from attributor.reading.naming import (
    MIN_TEXT_CHARACTERS,
    NAMES,
    are_addresses,
    folded,
    mean,
    rank,
)
from attributor.reading.options import Guessed, ReadingOptions
from attributor.records import Article

_KEY_NAMES = {"published": "date", "byline": "author"}
"""What messages call some of the keys of an article."""
_NEVER_TEXT_KEYS = ("title", "byline", "url", "language")
"""Keys whose column is not taken for the text, even where no other is longer."""
_MAX_ID_CHARACTERS = 1000
"""The longest id of an article."""

Layout = Mapping[str, int]
"""Where each of text, title, published, id, byline, url and language stands, counted from 0."""
Values = Mapping[str, str | None]
"""What a row says of its article, by the keys of a Layout."""


def layout(
    names: Sequence[str], sample: Sequence[Sequence[object]], name: str, options: ReadingOptions
) -> Layout:
    """The layout of the table `name`; what of it is guessed is told to `options.on_guess`.

    Args:
        names: of the columns, as the header has them.
        sample: the first rows; rows may be shorter or longer than the header.
        name: of the file, for messages.
        options: what the user said of the columns.

    Raises:
        ReadingError: there is no such column, or none that holds text.
    """
    said = {key: _place(wanted, names, name) for key, wanted in options.columns.said().items()}
    places = said | by_name(names, sample, said)
    at = places.get("text")
    if at is None or ("text" not in said and mean(_cells(sample, at)) < MIN_TEXT_CHARACTERS):
        kept = {*said.values(), *(places[key] for key in _NEVER_TEXT_KEYS if key in places)}
        longest = _longest(names, sample, kept if at is None else {*places.values()})
        at = at if longest is None else longest
    if at is None:
        raise ReadingError(
            f"{quoted(name)} has no column that holds articles ({_shown(names)}): "
            f"if there is one, {options.advice('text')}.",
            article=name,
        )
    others = {key: place for key, place in places.items() if key != "text" and place != at}
    places = {"text": at, **others}
    tell(name, {key: names[at] for key, at in places.items() if key not in said}, options.on_guess)
    return places


def by_name(
    names: Sequence[str], sample: Sequence[Sequence[object]], said: Layout
) -> dict[str, int]:
    """What the columns' names tell: of those that are not all empty, the one with the surest."""
    columns = [(folded(name), _cells(sample, at)) for at, name in enumerate(names)]
    places: dict[str, int] = {}
    for key in NAMES:
        taken = {*said.values(), *places.values()}
        ranked = [
            (not any(cells), surely, at)
            for at, (word, cells) in enumerate(columns)
            if at not in taken and (surely := rank(key, word, cells)) is not None
        ]
        if ranked and key not in said:
            places[key] = min(ranked)[2]
    return places


def tell(name: str, guessed: Mapping[str, str], on_guess: Guessed) -> None:
    """Say in which columns of the file `name` what was guessed to stand."""
    if guessed:
        parts = [
            f"{_KEY_NAMES.get(key, key)} in {quoted(column)}" for key, column in guessed.items()
        ]
        on_guess(f"{quoted(name)} is taken to have its {_listed(parts)}.")


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _place(wanted: str, names: Sequence[str], name: str) -> int:
    for same in (str, str.casefold):
        for at, known in enumerate(names):
            if same(known) == same(wanted):
                return at
    raise ReadingError(
        f"{quoted(name)} has no column {quoted(wanted)}: name one that it has ({_shown(names)}).",
        article=name,
    )


def _shown(names: Sequence[str]) -> str:
    return ", ".join(quoted(name, 40) for name in names[:12]) + (", …" if names[12:] else "")


def _longest(
    names: Sequence[str], sample: Sequence[Sequence[object]], taken: set[int]
) -> int | None:
    """The column with the longest texts, if they are longer than codes and names."""
    columns = [(folded(name), _cells(sample, at)) for at, name in enumerate(names)]
    lengths = [
        (mean(cells), -at)
        for at, (name, cells) in enumerate(columns)
        if at not in taken and not are_addresses(name, cells)
    ]
    length, place = max(lengths, default=(0.0, 0))
    return -place if length >= MIN_TEXT_CHARACTERS else None


def _cells(sample: Sequence[Sequence[object]], at: int) -> list[str]:
    """What stands in a column, without white space at the edges."""
    cells = (row[at] if at < len(row) else None for row in sample)
    return ["" if cell is None else str(cell).strip() for cell in cells]


class TableRows:
    """From what the rows of one file say to its articles."""

    def __init__(
        self, file: str, text_name: str, options: ReadingOptions, *, exact: bool = False
    ) -> None:
        self._file = file
        self._column = quoted(text_name)
        self._options = options
        self._exact = exact
        self._told: set[str] = set()

    def found(self, place: str, values: Values | ReadingError) -> FoundArticle:
        """The article of the row at `place` that says `values`, or why there is none."""
        if isinstance(values, ReadingError):
            return FoundArticle(self._file, place, values)
        try:
            article = self._article(place, dict(values))
            if breaks_off(article.text):
                self._tell(f"texts in {self._column} that are only the beginnings of articles")
            return FoundArticle(self._file, place, article)
        except ReadingError as error:
            known = error.message.startswith(quoted(place))
            message = error.message if known else f"Row {quoted(place)}: {error.message}"
            return FoundArticle(self._file, place, ReadingError(message, article=place))

    def _article(self, place: str, values: dict[str, str | None]) -> Article:
        text = values.pop("text", None)
        id = values.pop("id", None) or place
        if text is None:
            raise ReadingError(f"{quoted(place)} has no text in {self._column}: fill it in.")
        if len(id) > _MAX_ID_CHARACTERS:
            raise ReadingError(
                f"{quoted(place)} has an id of more than {_MAX_ID_CHARACTERS:,} characters: if "
                f"another column has shorter ones, {self._options.advice('id')}."
            )
        if any(LONE_SURROGATE.search(value or "") for value in (text, id, *values.values())):
            raise ReadingError(
                f"{quoted(place)} has bytes that are no characters in the file's encoding: "
                "save the file anew as UTF-8."
            )
        if self._exact or "<" not in text:
            return article_from_text(text, id=id, **values)
        if not holds_markup(text):
            return article_from_text(text, id=id, **values)
        self._tell(f"HTML in {self._column}, which is stripped")
        return article_from_markup(text, id=id, **values)

    def _tell(self, what: str) -> None:
        """Say once what the file holds."""
        if what not in self._told:
            self._told.add(what)
            self._options.on_guess(f"{quoted(self._file)} holds {what}.")
