"""German sentences in which somebody says something, and what their grammar tells of them.

Both engines are tried on them, and the grammar by itself.
"""

from __future__ import annotations

from typing import NamedTuple


class Sentence(NamedTuple):
    """A sentence, the words that name its speaker, the words that were said, and the cue."""

    text: str
    mention: str
    content: str
    cue: str


SENTENCES = {
    "wie opens the reporting clause": Sentence(
        "Wie die Försterin Hanne Birk am Freitag berichtete, ist der Steg im Moor gesperrt.",
        "die Försterin Hanne Birk",
        "ist der Steg im Moor gesperrt",
        "berichtete",
    ),
    "an adverbial stands before the verb": Sentence(
        "Am Freitag erklärte die Försterin, der Steg sei morsch.",
        "die Försterin",
        "der Steg sei morsch",
        "erklärte",
    ),
    "a word behind its noun credits": Sentence(
        "Der Steg ist der Feuerwehr zufolge morsch.",
        "der Feuerwehr",
        "Der Steg ist … morsch",
        "zufolge",
    ),
    "a document speaks as es": Sentence(
        "In dem Gutachten des Amtes heißt es, der Steg sei morsch.",
        "dem Gutachten",
        "der Steg sei morsch",
        "heißt",
    ),
    "the listener stands before the verb": Sentence(
        "Dem Förderverein sagte Hanne Birk, der Steg sei morsch.",
        "Hanne Birk",
        "der Steg sei morsch",
        "sagte",
    ),
    "another person stands before the verb": Sentence(
        "Nach einem Treffen mit Ole Krug sagte die Försterin Hanne Birk, der Steg sei morsch.",
        "die Försterin Hanne Birk",
        "der Steg sei morsch",
        "sagte",
    ),
    "the subject stands before the verb": Sentence(
        "Hanne Birk sagte am Freitag, dass der Steg morsch sei.",
        "Hanne Birk",
        "der Steg morsch sei",
        "sagte",
    ),
    "the reporting clause follows": Sentence(
        "Der Steg sei morsch und gesperrt, sagte die Försterin am Freitag.",
        "die Försterin",
        "Der Steg sei morsch und gesperrt",
        "sagte",
    ),
    "a preposition credits in mid-sentence": Sentence(
        "Der Steg ist nach Angaben der Feuerwehr seit Langem morsch.",
        "der Feuerwehr",
        "Der Steg ist … seit Langem morsch",
        "nach Angaben",
    ),
    "the verb has two parts": Sentence(
        "Am Freitag teilte die Feuerwehr dem Landkreis mit, der Steg sei morsch.",
        "die Feuerwehr",
        "der Steg sei morsch",
        "teilte",
    ),
}
