"""Whether what an engine gives as a name is none: "she", "the mayor", "a senior official"."""

from __future__ import annotations

from attributor.speakers.lexicon import Lexicon, fold


def is_pronoun(name: str, lexicon: Lexicon) -> bool:
    """Whether it is one word that may stand for anybody."""
    return fold(name) in lexicon.pronouns


def is_description(name: str, lexicon: Lexicon) -> bool:
    """Whether it says what somebody is, not what they are called.

    A capital tells a name, but for what a person is not in the first word, nor where all nouns
    have one; bodies and groups are often called by nouns: "Die Grünen".
    """
    language, words = lexicon.language, name.split()
    closed = language.determiners | language.possessives
    behind = next((n for n, word in enumerate(words) if word.lower() not in closed), len(words))
    if behind == len(words):
        return bool(words)
    for number, word in enumerate(words[behind:], start=behind):
        may_be_noun = number == 0 or language.nouns_have_capitals
        if word != word.lower() and not (may_be_noun and _is_person(word, lexicon)):
            return False
    return behind > 0 or _is_person(words[-1], lexicon) or _is_body(words[-1], lexicon)


def _is_person(word: str, lexicon: Lexicon) -> bool:
    return lexicon.is_role(fold(word)) or fold(word) in lexicon.relations


def _is_body(word: str, lexicon: Lexicon) -> bool:
    return fold(word) in lexicon.organizations or word.lower() in lexicon.language.nouns
