"""Which marks are quotation marks, and what stands between them."""

from __future__ import annotations

import pytest
from support.markings import marking, passages

STYLES = [
    ("“", "”"), ("„", "“"), ("„", "”"), ("«", "»"), ("»", "«"), ("‹", "›"), ("›", "‹"),
    ("‘", "’"), ("‚", "‘"), ('"', '"'), ("'", "'"), ("``", "''"), ("''", "''"), ("”", "”"),
    ("»", "»"), ("「", "」"),
]  # fmt: skip
UNEQUAL = [(a, b) for a, b in STYLES if a != b]


@pytest.mark.parametrize(("opening", "closing"), STYLES)
def test_speech_of_every_style_is_found_before_its_cue(opening: str, closing: str) -> None:
    text = f"{opening}The ferry is late,{closing} Nela Brandt said. Nobody waited."
    assert passages(text) == ["The ferry is late,"]


@pytest.mark.parametrize(("opening", "closing"), STYLES)
def test_speech_of_every_style_is_found_after_its_cue(opening: str, closing: str) -> None:
    text = f"Nela Brandt said: {opening}The ferry is late.{closing} Nobody waited."
    assert passages(text) == ["The ferry is late."]


@pytest.mark.parametrize(("opening", "closing"), STYLES)
def test_a_quote_split_around_a_cue_is_two_passages(opening: str, closing: str) -> None:
    text = (
        f"{opening}The ferry,{closing} Nela Brandt said, {opening}is late again tonight.{closing}"
    )
    assert passages(text) == ["The ferry,", "is late again tonight."]


@pytest.mark.parametrize(("opening", "closing"), STYLES)
def test_offsets_with_marks_begin_and_end_with_the_marks(opening: str, closing: str) -> None:
    text = f"So {opening}late again{closing} it was."
    (passage,) = marking(text).passages
    assert text[passage.outer_start : passage.outer_end] == f"{opening}late again{closing}"
    assert passage.closed
    assert passage.continues is None


@pytest.mark.parametrize(
    "text",
    [
        "“She told me ‘never’ on the pier,” he said.",
        "“She told me “never” on the pier,” he said.",
        "‘She told me “never” on the pier,’ he said.",
        "'She told me \"never\" on the pier,' he said.",
        "\"She told me 'never' on the pier,\" he said.",
        "„She told me ‚never‘ on the pier,“ he said.",
        "«She told me “never” on the pier,» he said.",
        "«She told me ‹never› on the pier,» he said.",
        "»She told me ›never‹ on the pier,« he said.",
    ],
)
def test_marks_inside_marks_belong_to_the_outer_passage(text: str) -> None:
    (passage,) = passages(text)
    assert passage == text[1 : text.index(" he said") - 1]


@pytest.mark.parametrize("mark", ["“", '"', "«", "„"])
def test_a_quote_opened_anew_at_each_paragraph_goes_on_to_its_close(mark: str) -> None:
    closing = {"“": "”", '"': '"', "«": "»", "„": "“"}[mark]
    text = (
        f"{mark}We waited all night.\n\n{mark}Nobody came to the pier.\n\n"
        f"{mark}So we left,{closing} he said."
    )
    found = marking(text).passages
    assert [text[p.start : p.end] for p in found] == [
        "We waited all night.", "Nobody came to the pier.", "So we left,",
    ]  # fmt: skip
    assert [p.continues for p in found] == [1, 2, None]
    assert [p.closed for p in found] == [False, False, True]


def test_two_quotes_that_are_closed_do_not_continue_each_other() -> None:
    found = marking("“We waited all night.”\n\n“Nobody came,” he said.").passages
    assert [p.continues for p in found] == [None, None]


def test_a_missing_closing_mark_ends_with_the_paragraph() -> None:
    text = "“The ferry is late.\n\nNobody waited for it. “We left,” he said."
    assert passages(text) == ["The ferry is late.", "We left,"]
    assert not marking(text).passages[0].closed


@pytest.mark.parametrize("ending", ["late.”", "late,” she said.", 'late?" she asked.'])
def test_a_missing_opening_mark_counts_from_the_paragraphs_start(ending: str) -> None:
    text = f"Nobody knew.\n\nThe ferry is {ending}"
    (found,) = marking(text).passages
    assert text[found.start : found.end] in ("The ferry is late" + end for end in ".,?")
    assert not found.closed


@pytest.mark.parametrize(
    "text",
    [
        "The players’ coach said it’s theirs.",
        "The players' coach said it's theirs.",
        "He sang rock ’n’ roll in the ’90s, Ana O’Neill said.",
        "He sang rock 'n' roll in the '90s, Ana O'Neill said.",
        "The Joneses' boat isn't the Smiths' boat.",
        "The boats’ owners and the sailors’ wives weren’t there.",
        'She is 5\'11" and the plank 12" wide.',
        "She is 5′11″ and the plank 12″ wide.",
        "’Twas the season of ’68.",
        "It cost 5' of rope.",
        "Nothing is quoted here.",
        "",
    ],
)
def test_apostrophes_feet_and_inches_mark_nothing(text: str) -> None:
    assert passages(text) == []


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("‘It’s the players’ win,’ she said.", "It’s the players’ win,"),
        ("'It's the players' win,' she said.", "It's the players' win,"),
        ("‘The ’90s were ours,’ she said.", "The ’90s were ours,"),
        ("'Ana O'Neill isn't here,' she said.", "Ana O'Neill isn't here,"),
        ("‘We don’t know,’ she said of the players’ win.", "We don’t know,"),
    ],
)
def test_apostrophes_do_not_end_speech_in_single_marks(text: str, inside: str) -> None:
    assert passages(text) == [inside]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("He was calm (“no hurry”) and left.", "no hurry"),
        ("The word—“never”—was heard.", "never"),
        ("“—and then?” she asked.", "—and then?"),
        ("“…maybe,” she said.", "…maybe,"),
        ("“$5 is enough,” she said.", "$5 is enough,"),
        ("“Is it?”, she asked.", "Is it?"),
        ("« Il est en retard », she said.", " Il est en retard "),
    ],
)
def test_marks_beside_other_signs_are_read(text: str, inside: str) -> None:
    assert [p.strip() for p in passages(text)] == [inside.strip()]


@pytest.mark.parametrize(
    "hidden", ["\x00", "\u202e", "\u202a", "\u2067", "\u200b", "\u200e", "\ufeff", "\xad"]
)
def test_what_nobody_sees_beside_a_mark_changes_nothing(hidden: str) -> None:
    for text in (f"{hidden}“Come in,” she said.", f"“{hidden}Come in,{hidden}” she said."):
        assert [p.strip(hidden) for p in passages(text)] == ["Come in,"]


def test_a_mark_before_an_emoji_opens() -> None:
    assert passages("“\U0001f600 Hello there,” he said.") == ["\U0001f600 Hello there,"]


@pytest.mark.parametrize("text", ["“”", "“ ”", '"', "“", "'", "''", "``", "”", "« »", "“\n”"])
def test_marks_around_nothing_are_no_passage(text: str) -> None:
    assert passages(text) == []


def test_combining_marks_and_emoji_keep_offsets_in_code_points() -> None:
    text = "So be\u0301: “Caf\u0301e \U0001f600 is a\u030a,” he said. “Go\u0308.”"
    assert passages(text) == ["Caf\u0301e \U0001f600 is a\u030a,", "Go\u0308."]


def test_carriage_returns_change_no_passage() -> None:
    text = "“We waited.\n\n“Nobody came,” he said.\n\n“Never,” she said.\n"
    assert passages(text.replace("\n", "\r\n")) == passages(text)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\n", "\r\n", "\r"])
def test_a_line_separator_parts_paragraphs(separator: str) -> None:
    found = marking(f"“We waited.{separator}Nobody came.{separator}“Go,” he said.").passages
    assert [p.paragraph for p in found] == [0, 2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("“Come in,” “Go out,” he said.", ["Come in,", "Go out,"]),  # side by side
        ("(“Go,” she said.)", ["Go,"]),
        ("“Go,” he said. ” Then.", ["Go,"]),  # a mark too many closes nothing
        ("“Go,””he said.” Then.", ["Go,"]),  # the second closes too, and opens nothing
        ("“Go”(he said)", ["Go"]),
        ("He asked “why?”.", ["why?"]),
        ("He called it a “so-called ‘rail’ bridge”.", ["so-called ‘rail’ bridge"]),
        ("He said ‘no’ and ’tis so.", ["no"]),
        ('5" and "go" she said.', ["go"]),
        ("‘We left. We ran.\n\n‘We ran on,’ he said.", ["We left. We ran.", "We ran on,"]),
    ],
)
def test_marks_beside_marks_pair_with_the_nearest_that_fits(text: str, found: list[str]) -> None:
    assert passages(text) == found


# --- dialogue dashes -------------------------------------------------------------------------


@pytest.mark.parametrize("dash", ["—", "–", "―", "-"])
def test_a_line_that_a_dash_opens_is_speech_around_its_cue(dash: str) -> None:
    text = f"{dash} We are late, Nela Brandt said. {dash} Nobody waited for us."
    assert passages(text) == ["We are late", "Nobody waited for us."]


def test_lines_of_one_dialogue_need_no_cue_each() -> None:
    assert passages("— Are we late? he asked.\n— Very.  Go on.") == ["Are we late", "Very.  Go on."]


def test_a_list_beside_dialogue_is_no_speech() -> None:
    text = "- We are late - said the mayor.\n- two ropes\n- one anchor"
    assert passages(text) == ["We are late"]


def test_serbian_hyphens_stand_around_speech() -> None:
    text = "- Trajekt kasni i niko ne čeka - rekla je Nela Brandt. - Idemo kući."
    assert passages(text, "sr-Latn") == ["Trajekt kasni i niko ne čeka", "Idemo kući."]


@pytest.mark.parametrize(
    "text",
    [
        "- two ropes\n- one anchor\n- a lamp",
        "— two ropes\n— one anchor",
        "The ferry — late as ever — came at noon.",
        "The well-known north-south line is closed.",
        "Seats 10 - 20 are taken, she said.",
    ],
)
def test_lists_and_dashes_inside_a_sentence_are_no_speech(text: str) -> None:
    assert passages(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("— We left.\n— Why? he asked.", ["We left.", "Why"]),
        ("— We left, he said — and we ran.", ["We left", "and we ran."]),
        ("— We left, I think. — he said.", ["We left, I think."]),
        ("- We left, nobody knew why, but the mayor said so.", ["We left, nobody knew why"]),
        ("— No.", []),  # nothing reports it
        ("—We left, he said.", []),  # no space behind the dash
    ],
)
def test_speech_behind_a_dash_ends_at_its_reporting_clause(text: str, found: list[str]) -> None:
    assert passages(text) == found
