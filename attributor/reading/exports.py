"""Exports of press databases: texts in which many articles stand one after the other.

Read as one, they would lend the words of one article to the people of another.
"""

from __future__ import annotations

import re
from collections import Counter

from attributor.errors import ReadingError, quoted

_OF = r"[ \t]+(?:of|von|sur|de|di|van|av|z|od|из)[ \t]+"
"""What stands between a number and the number of all."""
_DOCUMENT = r"(?:documents?|dokumente?n?|documentos?|documenti?|documenten|records?|articles?)"
"""What press databases call an article."""
_END = r"[ \t]*+\r?$"
"""The end of a line."""
_MARK = re.compile(
    r"^[ \t]*+(?=\w)(?:"
    rf"(?i:{_DOCUMENT}[ \t]+(?P<number>\d+){_OF}(?P<of>\d+)){_END}|"
    rf"(?i:(?P<first>\d+){_OF}(?P<all>\d+)[ \t]+{_DOCUMENT}){_END}|"
    rf"(?:Document|Dokument|Documento) (?P<factiva>[A-Z](?=\w*\d{{6}})\w{{14,}}){_END}|"
    rf"(?P<nexis>End of Document){_END}|"
    r"(?i:(?P<label>ProQuest document ID|Document URL|Gale Document Number|Accession Number|"
    r"Record Number|Dokumentnummer|Load-Date|Length(?=: *\d+ words)):)|"
    r"(?P<field>HD|BY|WC|PD|SN|SC|LA|CY|LP|TD|AN|PUB)(?:[ \t]|\r?$))",
    re.MULTILINE,
)
"""What stands in each article of an export.

These are its number among all ("1 of 3 DOCUMENTS"), Factiva's number or the names of its fields,
Nexis's last line, or a label that other databases write.
"""
_MIN_FACTIVA_FIELDS = 4
"""How many of Factiva's fields have to come more than once for it to be no chance."""


def refuse_many(text: str, name: str) -> None:
    """Raise ReadingError, which says how many, if `text` is an export of many articles."""
    count = articles_in(text)
    if count > 1:
        raise ReadingError(
            f"{quoted(name)} is an export of {count} articles in one text, which would be taken "
            "for one: save each in a file of its own, or export a table.",
            article=name,
        )


def articles_in(text: str) -> int:
    """How many articles a text holds, by the marks that press databases put in each."""
    numbers: set[tuple[str, str]] = set()
    marks: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for mark in _MARK.finditer(text):
        if mark["of"] or mark["all"]:
            numbers.add((mark["number"] or mark["first"], mark["of"] or mark["all"]))
        elif mark["field"]:
            fields[mark["field"]] += 1
        else:
            marks[(mark["label"] or mark.lastgroup or "").lower()] += 1
    totals = Counter(total for _, total in numbers)
    is_factiva = sum(count > 1 for count in fields.values()) >= _MIN_FACTIVA_FIELDS
    counts = (*totals.values(), *marks.values(), fields["HD"] if is_factiva else 0)
    return max(counts, default=0)
