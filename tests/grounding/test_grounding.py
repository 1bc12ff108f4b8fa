"""A proposal is believed where the article bears it out, and only there."""

from __future__ import annotations

import pytest

from attributor.grounding import GroundedQuote, Grounding, excerpt, ground, uncovered
from attributor.marking import Marking, mark
from attributor.records import Article, Piece, Proposal, ProposedQuote, ProposedSpeaker


def marking(text: str) -> Marking:
    return mark(Article(id="a", text=text), "en")


def at(text: str, words: str, *, starts: str = "", ends: str = "") -> Piece:
    """A piece whose window is where `words` first stand in `text`."""
    start = text.index(words)
    return Piece(start=start, end=start + len(words), starts=starts, ends=ends)


def typed(text: str, words: str) -> Piece:
    """A piece that says nothing of the place, only of the words."""
    return whole(text, words, words)


def whole(text: str, starts: str, ends: str) -> Piece:
    return Piece(start=0, end=len(text), starts=starts, ends=ends)


def ground_one(
    text: str,
    *pieces: Piece,
    cue: Piece | None = None,
    mention: Piece | None = None,
    own_words: bool | None = None,
    speaker: int | None = None,
) -> Grounding:
    quote = ProposedQuote(
        pieces=pieces, cue=cue, mention=mention, own_words=own_words, speaker=speaker
    )
    speakers = (ProposedSpeaker(name="Ana"),)
    return ground(marking(text), Proposal(speakers=speakers, quotes=(quote,)))


def only(grounding: Grounding) -> GroundedQuote:
    assert len(grounding.quotes) == 1, grounding.rejections
    return grounding.quotes[0]


def said(text: str, grounding: Grounding) -> list[str]:
    return [text[start:end] for start, end in only(grounding).spans]


def reasons(grounding: Grounding) -> list[tuple[str, str]]:
    return [(rejection.part, rejection.reason) for rejection in grounding.rejections]


# --- content ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "window", "content"),
    [
        ("“We won,” she said.", "“We won,” ", "We won"),
        ("“We won.” She left.", "“We won.”", "We won."),
        ("“We won?” she asked.", "“We won?”", "We won?"),
        ("She said: “We won.”", ": “We won", "We won."),
        ("“We won, and how,” she said.", "“We won, and how,”", "We won, and how"),
        ("“‘No’ is no answer,” she said.", "“‘No’ is no answer,”", "‘No’ is no answer"),
        ('"We won," she said. "Twice."', '"We won,"', "We won"),
        ("„Pobedili smo“, rekla je.", "„Pobedili smo“,", "Pobedili smo"),
        ("“We won twice,” she said.", "won twice,", "won twice"),
        ("“-3 is cold,” she said.", "“-3 is cold,”", "-3 is cold"),
        ("“We won…” she said.", "“We won…”", "We won…"),
    ],
)
def test_marked_content_lies_inside_its_marks(text: str, window: str, content: str) -> None:
    grounding = ground_one(text, at(text, window))
    assert said(text, grounding) == [content]
    assert (only(grounding).kind, only(grounding).marked) == ("direct", True)


def test_a_pair_of_marks_around_all_of_it_is_no_part_of_the_content() -> None:
    text = "« Nous avons gagné », a-t-elle dit."
    assert said(text, ground_one(text, at(text, "« Nous avons gagné »,"))) == ["Nous avons gagné"]


@pytest.mark.parametrize(
    ("text", "window", "content"),
    [
        ("She said that they won.", "that they won.", "they won"),
        ("She said that, in the end, they won.", ", in the end, they won.", "in the end, they won"),
        ("She said they won in the U.S.", "they won in the U.S.", "they won in the U.S."),
        ("She said they won, he lost.", "they won,", "they won"),
        ("She liked that treaty.", "that treaty.", "that treaty"),
        ("She said thatch burns.", "thatch burns.", "thatch burns"),
        ("They won, she said.", "They won,", "They won"),
    ],
)
def test_an_indirect_clause_comes_without_that_and_full_stop(
    text: str, window: str, content: str
) -> None:
    grounding = ground_one(text, at(text, window))
    assert said(text, grounding) == [content]
    assert (only(grounding).kind, only(grounding).marked) == ("indirect", False)


def test_a_marked_part_of_a_clause_makes_it_mixed_and_keeps_its_marks() -> None:
    text = "She said that the deal was “a disgrace.” He left."
    for piece in (
        at(text, "that the deal was “a disgrace.”"),
        at(text, "that the deal was “a disgrace.”", ends="a disgrace"),
    ):
        grounding = ground_one(text, piece, own_words=False)
        assert said(text, grounding) == ["the deal was “a disgrace.”"]
        assert (only(grounding).kind, only(grounding).marked) == ("mixed", True)


def test_a_clause_may_begin_with_its_marked_part() -> None:
    text = "She said “a disgrace” was what it was."
    grounding = ground_one(text, at(text, "“a disgrace” was what it was."))
    assert said(text, grounding) == ["“a disgrace” was what it was"]
    grounding = ground_one(text, at(text, "a disgrace” was what it was."))
    assert said(text, grounding) == ["“a disgrace” was what it was"]


def test_own_words_without_marks_are_direct_and_unmarked() -> None:
    text = "That is a disgrace, Ana said."
    quote = only(ground_one(text, at(text, "That is a disgrace,"), own_words=True))
    assert (quote.kind, quote.marked) == ("direct", False)


def test_marks_overrule_a_claimed_paraphrase() -> None:
    text = "“We won,” Ana said."
    assert only(ground_one(text, at(text, "“We won,”"), own_words=False)).kind == "direct"


def test_pieces_of_a_split_quote_are_its_spans_in_order() -> None:
    text = "“We won,” Ana said, “and we will win.”"
    grounding = ground_one(text, at(text, "“and we will win.”"), at(text, "“We won,”"))
    assert said(text, grounding) == ["We won", "and we will win."]


def test_own_words_leave_out_the_cue_between_their_marks() -> None:
    text = "Ana said: “We won.” “So,” Ana said, “we go.”"
    for window, content in (
        (text[:19], ["We won."]),
        (text[20:], ["So", "we go."]),
    ):
        cue = Piece(start=text.index(window), end=len(text), starts="said", ends="said")
        cue = cue.model_copy(update={"end": cue.start + len(window)})
        assert said(text, ground_one(text, at(text, window), cue=cue, own_words=True)) == content


def test_touching_and_overlapping_pieces_of_a_paragraph_are_one_span() -> None:
    text = "“We won. We will win,” Ana said."
    grounding = ground_one(text, at(text, "“We won."), at(text, "We will win,”"), at(text, "We"))
    assert said(text, grounding) == ["We won. We will win"]


def test_a_quote_over_paragraphs_has_a_span_in_each() -> None:
    text = "“We won.\n\n“We will win,” Ana said."
    assert said(text, ground_one(text, at(text, "“We won.\n\n“We will win,”"))) == [
        "We won.",
        "We will win",
    ]


def test_quotes_with_the_same_spans_are_one_which_knows_the_most() -> None:
    text = "“We won,” Ana said."
    piece = at(text, "“We won,”")
    bare = ProposedQuote(pieces=(piece,))
    full = ProposedQuote(pieces=(at(text, "We won"),), mention=at(text, "Ana"))
    grounding = ground(marking(text), Proposal(quotes=(bare, full, bare)))
    assert only(grounding).mention == (10, 13)


# --- where pieces stand -------------------------------------------------------------------------


ECHO = "She said that we will win, that we will lose and that is that."


def test_words_at_the_edges_narrow_the_window() -> None:
    grounding = ground_one(
        ECHO, Piece(start=0, end=len(ECHO), starts="we will lose", ends="is that")
    )
    assert said(ECHO, grounding) == ["we will lose and that is that"]


def test_edges_that_fit_twice_are_rejected() -> None:
    for starts, ends in (("we will", ""), ("we will", "is that"), ("", "we will")):
        grounding = ground_one(ECHO, whole(ECHO, starts, ends))
        assert (grounding.quotes, reasons(grounding)) == ((), [("piece", "ambiguous")])


def test_one_edge_may_decide_between_two_places_of_the_other() -> None:
    first = ground_one(ECHO, whole(ECHO, "we will", "win"))
    assert said(ECHO, first) == ["we will win"]
    second = ground_one(ECHO, whole(ECHO, "lose and", "that is"))
    assert said(ECHO, second) == ["lose and that is"]


def test_the_words_at_both_edges_of_a_short_piece_may_overlap() -> None:
    piece = whole(ECHO, "will lose and", "lose and that is")
    assert said(ECHO, ground_one(ECHO, piece)) == ["will lose and that is"]


def test_the_last_words_before_the_first_are_rejected() -> None:
    piece = whole(ECHO, "lose", "win")
    assert reasons(ground_one(ECHO, piece)) == [("piece", "not_found")]


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [(-1, 5, "outside"), (0, 999, "outside"), (9, 3, "reversed"), (4, 4, "empty")],
)
def test_a_window_that_is_none_is_rejected(start: int, end: int, reason: str) -> None:
    grounding = ground_one(ECHO, Piece(start=start, end=end, starts="we"))
    assert reasons(grounding) == [("piece", reason)]
    assert grounding.rejections[0].where == (start, end)


@pytest.mark.parametrize(
    ("cut", "content"),
    [
        ("t can", "It can’t"),
        ("’t cost $", "can’t cost $3.5"),
        ("cost $3", "cost $3.5"),
        (".5 in", "$3.5 in"),
        ("in a cafe", "in a cafe\u0301"),
        ("\u0301, pro-W", "cafe\u0301, pro-West"),
    ],
)
def test_a_window_never_cuts_a_word_a_number_or_a_character(cut: str, content: str) -> None:
    text = "“It can’t cost $3.5 in a cafe\u0301, pro-West,” she said."
    assert said(text, ground_one(text, at(text, cut))) == [content]


def test_nothing_but_signs_is_rejected() -> None:
    text = "“… – …” she said."
    assert reasons(ground_one(text, at(text, "“… – …”"))) == [("piece", "empty")]


def test_a_quote_with_a_rejected_piece_keeps_the_others_and_says_so() -> None:
    text = "“We won,” Ana said, “and we will not win.”"
    grounding = ground_one(text, at(text, "“We won,”"), typed(text, "and we will win"))
    assert said(text, grounding) == ["We won"]
    assert only(grounding).flags == ("incomplete",)
    (rejection,) = grounding.rejections
    assert (rejection.quote, rejection.part, rejection.reason) == (0, "piece", "changed")
    assert rejection.message == (
        "Quote 1: as content, the words “and we will win” were rejected: after “and we will” "
        "the article goes on with “not”, not with “win”."
    )


def test_messages_hold_nothing_that_acts_when_printed() -> None:
    grounding = ground_one(ECHO, typed(ECHO, "we \x1b[31mwill\u202e\ud800 <b>" + "x" * 999))
    message = grounding.rejections[0].message
    assert message.isprintable()
    assert len(message) < 400


def test_an_excerpt_is_one_short_line() -> None:
    assert excerpt("a\n b\t\x00c") == "a b \\u0000c"
    assert len(excerpt("word " * 100_000)) < 70


# --- cue, mention, speaker ----------------------------------------------------------------------


def test_a_cue_or_mention_that_fails_is_dropped_and_the_quote_kept() -> None:
    text = "“We won,” Ana said."
    piece = at(text, "“We won,”")
    grounding = ground_one(text, piece, cue=typed(text, "claimed"), mention=typed(text, "Anna"))
    quote = only(grounding)
    assert (quote.cue, quote.mention) == (None, None)
    assert quote.flags == ("cue_rejected", "mention_rejected")
    assert reasons(grounding) == [("cue", "not_found"), ("mention", "not_found")]


def test_of_two_mentions_the_one_nearest_the_cue_counts() -> None:
    text = "He was tired. “He won,” he said, and he left; later he slept."
    grounding = ground_one(
        text, at(text, "“He won,”"), cue=typed(text, "said"), mention=typed(text, "he")
    )
    assert only(grounding).mention == (text.index("he said"), text.index(" said"))


def test_without_a_cue_the_mention_nearest_the_content_counts() -> None:
    text = "Ana left. “We won,” Ana said. Ana slept."
    grounding = ground_one(text, at(text, "“We won,”"), mention=typed(text, "Ana"))
    assert only(grounding).mention == (20, 23)


def test_a_mention_is_found_before_its_possessive() -> None:
    text = "Ana’s view is that we won."
    grounding = ground_one(text, at(text, "that we won."), mention=typed(text, "Ana"))
    assert only(grounding).mention == (0, 3)


def test_a_speaker_that_was_not_proposed_is_nobody() -> None:
    text = "“We won,” Ana said."
    assert only(ground_one(text, at(text, "“We won,”"), speaker=0)).speaker == 0
    for speaker in (-1, 1):
        grounding = ground_one(text, at(text, "“We won,”"), speaker=speaker)
        assert only(grounding).speaker is None
        assert reasons(grounding) == [("speaker", "outside")]


# --- coverage -----------------------------------------------------------------------------------


OPEN = "“We won,” Ana said.\n\nHe read “War and Peace” twice. Bob said they lost. It rained."


def left_open(*quotes: ProposedQuote, not_speech: tuple[Piece, ...] = ()) -> list[str]:
    evidence = marking(OPEN)
    grounding = ground(evidence, Proposal(quotes=quotes, not_speech=not_speech))
    edges = uncovered(evidence, grounding.quotes, grounding.not_speech)
    return [OPEN[start:end] for start, end in edges]


def test_marked_passages_and_cues_that_nobody_has_are_open() -> None:
    assert left_open() == [
        "“We won,”",
        "“War and Peace”",
        "Bob said they lost.",
    ]


def test_what_is_credited_or_no_speech_is_not_open() -> None:
    won = ProposedQuote(pieces=(at(OPEN, "We won"),), cue=at(OPEN, "said"))
    lost = ProposedQuote(pieces=(at(OPEN, "Bob said they lost"),))
    title = at(OPEN, "War and Peace")
    assert left_open(won, lost, not_speech=(title,)) == []
    assert left_open(won, not_speech=(title,)) == ["Bob said they lost."]
    assert left_open(won, lost) == ["“War and Peace”"]
