"""What the rules find in German, where commas part clauses and a mood alone can report."""

from __future__ import annotations

import pytest
from support.embedded import annotate
from support.german_sentences import SENTENCES, Sentence

from attributor.records import Annotation, Article


def annotated(text: str) -> Annotation:
    return annotate(Article(id="a", text=text), "de")


def found(text: str) -> list[tuple[str, str]]:
    """What was said, and the words for who said it."""
    return [
        (" … ".join(span.text for span in quote.spans), quote.mention.text if quote.mention else "")
        for quote in annotated(text).quotes
    ]


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
def test_each_way_to_report_is_a_quote_with_its_speaker(sentence: Sentence) -> None:
    assert found(sentence.text) == [(sentence.content, sentence.mention)]


ICE = "das Eis sei dünn"


@pytest.mark.parametrize(
    "text",
    [
        "Der Wirt sagte, das Eis sei dünn.",
        "Der Wirt sagte am Montag dem Sender, das Eis sei dünn.",
        "Am Montag sagte auch der Wirt, das Eis sei dünn.",
        "Der Wirt hat im Rundfunk gesagt, das Eis sei dünn.",
        "Am Montag hat der Wirt im Rundfunk gesagt, das Eis sei dünn.",
        "Der Wirt teilte am Montag mit, das Eis sei dünn.",
        "Im Rundfunk hatte der Wirt behauptet, das Eis sei dünn.",
    ],
)
def test_the_subject_is_found_on_either_side_of_the_verb(text: str) -> None:
    ((what, who),) = found(text)
    assert (what, who.lower()) == (ICE, "der wirt")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Der Wirt sagte, dass das Eis dünn sei.", "das Eis dünn sei"),
        ("Der Wirt fragte, ob das Eis dünn sei.", "ob das Eis dünn sei"),
        ("Der Wirt versprach, das Eis am Ufer zu prüfen.", "das Eis am Ufer zu prüfen"),
        ("Der Wirt versprach, die Kinder nicht hinauszulassen.", "die Kinder nicht hinauszulassen"),
        ("Das Eis sei dünn, sagte der Wirt am Montag.", "Das Eis sei dünn"),
        ("Das Eis sei dünn, so der Wirt.", "Das Eis sei dünn"),
        ("Das Eis ist dünn, wie der Wirt berichtete.", "Das Eis ist dünn"),
        ("Wie der Wirt berichtete, ist das Eis dünn.", "ist das Eis dünn"),
        ("Das Eis, sagte der Wirt, sei dünn wie Glas.", "Das Eis … sei dünn wie Glas"),
        ("Laut dem Wirt ist das Eis dünn.", "ist das Eis dünn"),
        ("Das Eis ist laut dem Wirt zu dünn.", "Das Eis ist … zu dünn"),
        ("Dem Wirt zufolge ist das Eis dünn.", "ist das Eis dünn"),
        ("Nach Angaben des Wirts ist das Eis dünn.", "ist das Eis dünn"),
        ("Das Eis am Ufer ist dünn. Das sagte der Wirt am Montag.", "Das Eis am Ufer ist dünn"),
    ],
)
def test_what_is_reported_stands_behind_the_verb_before_it_or_around_it(
    text: str, what: str
) -> None:
    ((said, who),) = found(text)
    assert said == what
    assert who.lower() in ("der wirt", "dem wirt", "des wirts")


@pytest.mark.parametrize(
    "text",
    [
        "Der Wirt, ein Mann von achtzig Jahren, sagte, das Eis sei dünn.",
        "Der Wirt, der das Ufer seit Jahren kennt, sagte, das Eis sei dünn.",
        "Der Wirt der Hütte am Ufer, ein alter Fischer, hat gesagt, das Eis sei dünn.",
    ],
)
def test_what_stands_between_commas_behind_the_subject_is_no_speech(text: str) -> None:
    ((what, who),) = found(text)
    assert what == ICE
    assert who.startswith("Der Wirt")


@pytest.mark.parametrize(
    "text",
    [
        "Der Wirt kritisierte die Stadt, die das Ufer sperrt.",
        "Der Wirt sagte nichts, weil er das Eis nicht kennt.",
        "Der Wirt ging, ohne zu sagen, dass das Eis dünn ist.",
        "Dem Wirt wurde gesagt, dass das Eis dünn ist.",
        "Der Wirt war so müde, dass er schlief.",
        "Nachdem das Eis am Ufer gebrochen war, warnte der Wirt die Kinder.",
    ],
)
def test_other_clauses_behind_a_comma_are_nobodys_words(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "„Das Eis ist dünn“, sagte der Wirt, „und es taut.“",
        "»Das Eis ist dünn«, sagte der Wirt, »und es taut.«",
        "«Das Eis ist dünn», sagte der Wirt, «und es taut.»",
    ],
)
def test_a_split_quote_is_one_whatever_its_marks(text: str) -> None:
    assert found(text) == [("Das Eis ist dünn … und es taut.", "der Wirt")]


def test_a_clause_with_a_part_in_marks_is_one_mixed_quote() -> None:
    (quote,) = annotated("Der Wirt sagte, das Eis sei „dünn wie Glas“ und tückisch.").quotes
    assert (quote.kind, quote.marked) == ("mixed", True)
    assert [span.text for span in quote.spans] == ["das Eis sei „dünn wie Glas“ und tückisch"]


# --- speech that its mood alone reports -----------------------------------------------------------


def test_sentences_in_the_subjunctive_go_on_with_the_speaker_before_them() -> None:
    free = "Es habe getaut. Niemand dürfe darauf gehen"
    text = f"Mara Holm sagte, das Eis sei dünn. {free}. Das Tor ist zu."
    assert found(text) == [(ICE, "Mara Holm"), (free, "Mara Holm")]
    (_, second) = annotated(text).quotes
    assert (second.kind, second.cue, second.confidence) == ("indirect", None, None)


@pytest.mark.parametrize(
    "text",
    [
        "Das Eis sei dünn. Niemand dürfe darauf gehen.",
        "Mara Holm sagte, das Eis sei dünn.\n\nEs schneite.\n\nNiemand dürfe darauf gehen.",
        "Mara Holm sagte, das Eis sei dünn. Es schneite. Niemand dürfe darauf gehen.",
        "Mara Holm sagte, das Eis sei dünn. Sie ging. Das wäre schön für alle.",
    ],
)
def test_a_subjunctive_without_a_speaker_right_before_it_is_not_credited(text: str) -> None:
    assert all("darauf" not in what for what, _ in found(text))


def test_no_other_language_knows_such_speech() -> None:
    annotation = annotate(Article(id="a", text="Ann Lee said it was late. It be so."), "en")
    assert len(annotation.quotes) == 1


# --- speakers -------------------------------------------------------------------------------------


def test_a_pronoun_means_the_person_whose_gender_fits() -> None:
    text = (
        "Die Amtsleiterin Mara Holm traf den Wirt Enno Quast. „Das Eis ist dünn“, sagte sie. "
        "Er hoffe auf Frost, sagte er."
    )
    annotation = annotated(text)
    by_id = {speaker.id: speaker for speaker in annotation.speakers}
    speakers = [by_id[quote.speaker] for quote in annotation.quotes if quote.speaker]
    assert [speaker.name for speaker in speakers] == ["Mara Holm", "Enno Quast"]
    assert speakers[0].role == "Die Amtsleiterin"


def test_a_body_and_an_unnamed_speaker_get_no_persons_name() -> None:
    text = "Das Eis sei dünn, sagte ein Sprecher. Die Polizei warnte, das Ufer sei gefährlich."
    speakers = annotated(text).speakers
    assert [(s.name, s.kind) for s in speakers] == [("", "anonymous"), ("", "organization")]


def test_a_marked_sentence_behind_other_speech_is_a_quote_of_its_own() -> None:
    text = "„Das Eis ist dünn“, sagte Hanne Birk. „Es trägt keine Kinder.“ Der See ist groß."
    assert found(text) == [
        ("Das Eis ist dünn", "Hanne Birk"),
        ("Es trägt keine Kinder.", "Hanne Birk"),
    ]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Hanne Birk ist besorgt: „Das Eis ist viel zu dünn.“", "Hanne Birk"),
        ("Am See wurde Hanne Birk deutlich: „Das Eis ist viel zu dünn.“", "Hanne Birk"),
        ("Hanne Birk wörtlich: „Das Eis ist viel zu dünn.“ Der See ist groß.", "Hanne Birk"),
    ],
)
def test_who_announces_marked_speech_with_a_colon_says_it(text: str, who: str) -> None:
    assert found(text) == [("Das Eis ist viel zu dünn.", who)]


def test_a_colon_names_the_speaker_of_its_own_sentence() -> None:
    text = (
        "Jan Holm sagte: „Der See ist gesperrt.“ Damit ist Hanne Birk zufrieden: "
        "„Das Eis ist viel zu dünn.“"
    )
    assert found(text) == [
        ("Der See ist gesperrt.", "Jan Holm"),
        ("Das Eis ist viel zu dünn.", "Hanne Birk"),
    ]


def test_a_title_behind_a_colon_is_no_speech() -> None:
    assert found("Es schneit. Hanne Birk malte ein Bild: „Der Kleine See im Winter“.") == []


def test_the_next_paragraph_may_go_on_with_what_is_reported() -> None:
    text = "Hanne Birk sagte, das Eis sei dünn.\n\nDer Steg sei morsch. Im See liegt ein Boot."
    assert found(text) == [
        ("das Eis sei dünn", "Hanne Birk"),
        ("Der Steg sei morsch", "Hanne Birk"),
    ]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        (
            "Hanne Birk wies den Vorwurf von sich. Das Eis sei dünn.",
            [("Das Eis sei dünn", "Hanne Birk")],
        ),
        ("Die Försterin ist dagegen. Das Eis sei dünn.", [("Das Eis sei dünn", "Die Försterin")]),
        ("Der See ist groß. Das Eis sei dünn.", []),
        ("Am See war Hanne Birk. Das Eis sei dünn.", []),
    ],
)
def test_a_mood_reports_what_the_person_before_it_said(
    text: str, quotes: list[tuple[str, str]]
) -> None:
    assert found(text) == quotes


def test_a_noun_is_no_verb_in_a_reporting_mood() -> None:
    text = "Hanne Birk sagte, das Eis sei dünn. Im Falle eines Unfalls hilft die Wacht."
    assert found(text) == [("das Eis sei dünn", "Hanne Birk")]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Hanne Birk sagte, das Eis sei dünn und kündigte Arbeiten an.", "das Eis sei dünn"),
        ("Hanne Birk sagte, das Eis sei dünn, warf Jan aber nichts vor.", "das Eis sei dünn"),
        (
            "Hanne Birk sagte, dass das Eis dünn sei und sie das gesagt habe.",
            "das Eis dünn sei und sie das gesagt habe",
        ),
    ],
)
def test_what_a_speaker_does_next_was_not_said(text: str, what: str) -> None:
    assert found(text)[0] == (what, "Hanne Birk")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Der Wirt rechnet damit, dass das Eis bricht.", "das Eis bricht"),
        ("Der Wirt kam zu dem Schluss, dass das Eis bricht.", "das Eis bricht"),
        ("Der Wirt beschloss, das Ufer am See zu sperren.", "das Ufer am See zu sperren"),
        ("Nach Planungen der Wacht wird das Ufer gesperrt.", "wird das Ufer gesperrt"),
        ("Dem Vernehmen nach wird das Ufer bald gesperrt.", "wird das Ufer bald gesperrt"),
    ],
)
def test_further_ways_to_report_are_in_the_pack(text: str, what: str) -> None:
    assert [each for each, _ in found(text)] == [what]


def test_hearsay_goes_on_with_what_is_reported_and_with_nothing_else() -> None:
    told = "Hanne Birk sagte, das Eis sei dünn. Der Steg soll morsch sein."
    assert found(told) == [
        ("das Eis sei dünn", "Hanne Birk"),
        ("Der Steg soll morsch sein", "Hanne Birk"),
    ]
    assert found("Hanne Birk war am See. Der Steg soll morsch sein.") == []
