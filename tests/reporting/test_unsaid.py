"""What is denied, refused, asked about or imagined was said by nobody."""

from __future__ import annotations

import pytest
from support.sheets import index, sheet_of

from attributor.reporting import is_unsaid, takes_object, takes_title


def unsaid(text: str, verb: str) -> bool:
    sheet = sheet_of(text)
    i = index(sheet, verb)
    first, _ = sheet.sentences[sheet.sentence_of[i]]
    return is_unsaid(sheet.marking, i, first)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Mara Quill refused to say whether the well was dry.", "say"),
        ("Mara Quill refused to say whether the well was dry.", "refused"),
        ("Mara Quill has yet to explain why the well was dry.", "explain"),
        ("Mara Quill was unwilling to tell us that the well was dry.", "tell"),
        ("Mara Quill denied ever having said that the well was dry.", "said"),
        ("Mara Quill denied telling the farmers that the well was dry.", "denied"),
        ("Mara Quill shied away from saying that the well was dry.", "saying"),
        ("Mara Quill did not have the heart to say that the well was dry.", "say"),
        ("Mara Quill is not going to say that the well was dry.", "say"),
        ("Mara Quill never said that the well was dry.", "said"),
        ("None of the farmers said that the well was dry.", "said"),
        ("It rained, but nobody in the village said that the well was dry.", "said"),
        ("Did Mara Quill ever say that the well was dry?", "say"),
        ("But why did Mara Quill say that the well was dry?", "say"),
        ("Had Mara Quill said that the well was dry, we would have dug.", "said"),
        ("If Mara Quill says that the well is dry, they will dig.", "says"),
        ("They will dig, unless Mara Quill says that it is pointless.", "says"),
        ("Mara Quill would have said that the well was dry.", "said"),
        ("Mara Quill could say that the well was dry.", "say"),
        ("Mara Quill cannot say that the well was dry.", "say"),
        ("Hardly anybody in the village said that the well was dry.", "said"),
        ("Far from saying that the well was dry, Mara Quill drank.", "saying"),
        ("It is not true that Mara Quill said that the well was dry.", "said"),
        ("It is untrue that Mara Quill told us that the well was dry.", "told"),
        ("There is no evidence that Mara Quill said that the well was dry.", "said"),
        ("Nobody knows whether Mara Quill said that the well was dry.", "said"),
        ("Mara Quill rejected claims that the well was dry.", "claims"),
        ("Mara Quill rejected the claim that the well was dry.", "rejected"),
        ("Mara Quill denied suggestions that the well was dry.", "denied"),
        ("Mara Quill declined to comment on reports that the well was dry.", "declined"),
        ("Mara Quill declined to comment on reports that the well was dry.", "reports"),
        ("“The well is dry,” Mara Quill thought.", "thought"),
        ("“The well is dry,” Mara Quill told herself.", "told"),
    ],
)
def test_what_was_denied_refused_asked_or_imagined_was_not_said(text: str, verb: str) -> None:
    assert unsaid(text, verb)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Mara Quill said that the well was dry.", "said"),
        ("Mara Quill went on to say that the well was dry.", "say"),
        ("Mara Quill did not hesitate to say that the well was dry.", "say"),
        ("Mara Quill, who had refused a drink, said that the well was dry.", "said"),
        ("If it rains, Mara Quill said, the well will fill.", "said"),
        ("Theresa May said that the well was dry.", "said"),
        ("“It is dry,” she would say.", "say"),
        ("“Is it dry?” Mara Quill asked.", "asked"),
        ("Mara Quill said: “Is it dry?”", "said"),
        ("Having told us that the well was dry, Mara Quill left.", "told"),
        ("“I did not drink it,” Mara Quill denied.", "denied"),
        ("Mara Quill denied that the well was dry.", "denied"),
        ("Mara Quill stopped the car and said that the well was dry.", "said"),
        ("Who dug it is unknown, Mara Quill said.", "said"),
        ("It is true that Mara Quill said that the well was dry.", "said"),
        ("There is evidence that Mara Quill said that the well was dry.", "said"),
        ("Mara Quill claims that the well is dry.", "claims"),
        ("Mara Quill thought that the well was dry.", "thought"),
        ("Mara Quill told her mother that the well was dry.", "told"),
    ],
)
def test_what_was_said_stays_said_beside_the_same_words(text: str, verb: str) -> None:
    assert not unsaid(text, verb)


@pytest.mark.parametrize(
    ("text", "verb", "is_object"),
    [
        ("The paper reported it, citing two farmers.", "citing", True),
        ("Mara Quill criticised the farmers for the hole.", "criticised", True),
        ("Mara Quill praised the diggers.", "praised", True),
        ("Mara Quill criticised the plan as a hole in the ground.", "criticised", False),
        ("The village calls it the mouth.", "calls", True),
        ("The village calls for a new well.", "calls", False),
        ("Mara Quill called the plan a hole in the ground.", "called", False),
        ("Mara Quill, asked about the well, left.", "asked", True),
        ("Mara Quill asked whether the well was dry.", "asked", False),
        ("Mara Quill praised “the patience of moles”.", "praised", False),
        ("Mara Quill said the well was dry.", "said", False),
        ("Mara Quill confirmed the sale of the well.", "confirmed", True),
        ("Mara Quill confirmed the well had been sold.", "confirmed", False),
        ("Mara Quill confirmed that the well was sold.", "confirmed", False),
        ("The paper reported it, quoting two farmers.", "quoting", True),
        ("Reporters asked Mara Quill about the well.", "asked", True),
        ("Reporters asked Mara Quill whether the well was dry.", "asked", False),
        ("Mara Quill introduced the digger to the village.", "introduced", True),
    ],
)
def test_the_object_of_some_verbs_is_no_speech(text: str, verb: str, is_object: bool) -> None:
    sheet = sheet_of(text)
    assert takes_object(sheet.marking, index(sheet, verb)) is is_object


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Quill, for her part, said the well was dry.", "Quill"),
        ("Quill, speaking at the well on Monday, said it was dry.", "Quill"),
        ("Instead, for once, said nobody.", ""),
        ("Yesterday, at the well, said Mara, it rained.", ""),
        ("Diggers, who had come, left.", ""),
    ],
)
def test_one_word_before_an_aside_and_a_verb_of_speech_is_a_name(text: str, name: str) -> None:
    marking = sheet_of(text).marking
    opening = [text[m.start : m.end] for m in marking.mentions if m.start == 0]
    assert opening == [name] * bool(name)


@pytest.mark.parametrize(
    ("text", "verb", "expected"),
    [
        ("Mara Quill wrote “The Dry Well” in a hut.", "wrote", True),
        ("Mara Quill sang “The Dry Well” twice.", "sang", True),
        ("Mara Quill wrote “the well is dry” on the door.", "wrote", False),
        ("Mara Quill said “The Dry Well” twice.", "said", False),
    ],
)
def test_the_title_of_what_somebody_wrote_or_sang_is_no_speech(
    text: str, verb: str, expected: bool
) -> None:
    sheet = sheet_of(text)
    assert takes_title(sheet.marking, index(sheet, verb)) is expected


@pytest.mark.parametrize(
    ("text", "verb", "expected"),
    [
        ("Die Bürgermeisterin bestritt, gesagt zu haben, dass der Brunnen leer ist.", "bestritt",
         True),
        ("Die Bürgermeisterin bestritt, dass der Brunnen leer ist.", "bestritt", False),
        ("Wenn die Bürgermeisterin sagt, dass der Brunnen leer ist, graben sie.", "sagt", True),
        ("Die Bürgermeisterin sollte sagen, dass der Brunnen leer ist.", "sagen", True),
        ("Die Bürgermeisterin sagte, dass der Brunnen leer ist.", "sagte", False),
    ],
)  # fmt: skip
def test_german_tells_what_was_denied_or_supposed_too(text: str, verb: str, expected: bool) -> None:
    sheet = sheet_of(text, "de")
    i = index(sheet, verb)
    assert is_unsaid(sheet.marking, i, 0) is expected


def test_in_serbian_a_listener_may_stand_before_the_verb_that_is_denied() -> None:
    sheet = sheet_of("Jana Rakić je demantovala da je deci rekla da je bunar prazan.", "sr-Latn")
    assert is_unsaid(sheet.marking, index(sheet, "demantovala"), 0)
