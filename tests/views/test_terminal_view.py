from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from support.annotations import BRIDGE, DECIDED, IN_DOUBT, any_annotations, plain, rendered

from attributor.records import Annotation, Speaker
from attributor.views.escaping import visible

STYLE = re.compile(r"\x1b\[[0-9;]*m")


def test_each_quote_stands_in_brackets_with_its_speakers_number() -> None:
    shown = rendered("terminal", BRIDGE)
    assert "“[1: We will build it before winter,]” Mayor Ana Kovač told reporters" in shown
    assert "“[1: and pay for it ourselves.]”" in shown
    assert "“[2: My father fished here. ‘[3: Never sell the water,]’ he used to say,]”" in shown
    assert "said it [?: will vote in May]." in shown


def test_who_said_what_follows_with_kind_cue_and_stance() -> None:
    shown = rendered("terminal", BRIDGE)
    assert """
[2] Petar Lind · leader of the fishermen’s union · person

    it would stop “anything taller than a rake”
      mixed · cue “said” · mention “Petar Lind” · bridge: against · tax: unclear

    My father fished here. ‘Never sell the water,’ he used to say,
      direct · cue “recalled” · mention “Lind”
""" in (shown)
    assert "bridge: favor (0.90), shown by “will build”" in shown


def test_then_what_was_missed_and_what_it_cost() -> None:
    assert rendered("terminal", BRIDGE).endswith("""
1 quoted passage has no speaker:
    “Somebody ought to ask the gulls,”

1 sentence with a reporting word has no speaker:
    Harbour town argues

Warning: One proposed quote was dropped: 'rake' stands there twice.

Made by the model large-1 (answered by large-1-2024): 2 requests, 1,834 tokens in (1,024 cached), \
412 out, price unknown.
""")
    assert rendered("terminal", plain("Rain fell.")).endswith("""Rain fell.

No quotes found.

Made by the embedded engine: no cost, nothing left this machine.
""")


def test_a_title_that_the_text_begins_with_is_not_shown_twice() -> None:
    assert rendered("terminal", BRIDGE).count("its new bridge") == 1
    assert rendered("terminal", plain("Rain fell.", title="Weather")).startswith("Weather\n\nRain")


def test_colours_alone_differ_from_the_plain_view() -> None:
    colored = rendered("terminal", BRIDGE, color=True, width=90)
    assert STYLE.sub("", colored) == rendered("terminal", BRIDGE, width=90)
    assert "\x1b[36mWe will build it" in colored
    assert "\x1b[35mit would stop" in colored
    assert "\x1b[4mtold reporters" in colored


def test_a_headline_is_bold() -> None:
    colored = rendered("terminal", plain("Bridge to close\n\nIt will."), color=True, width=90)
    assert colored.startswith("\x1b[1mBridge to close\x1b[0m\n\nIt will.\n")


def test_colours_do_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = rendered("terminal", BRIDGE, color=True, width=90)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert rendered("terminal", BRIDGE, color=True, width=90) == usual


@pytest.mark.parametrize("color", [False, True])
def test_no_line_is_longer_than_the_terminal_is_wide(color: bool) -> None:
    shown = STYLE.sub("", rendered("terminal", BRIDGE, color=color, width=40))
    assert max(map(len, shown.splitlines())) <= 40
    wide = STYLE.sub("", rendered("terminal", BRIDGE, color=color, width=300))
    assert max(map(len, wide.splitlines())) <= 96


def test_without_a_width_no_line_is_broken() -> None:
    text = "word " * 100 + "end."
    assert text in rendered("terminal", plain(text))


@pytest.mark.parametrize("color", [False, True])
def test_rich_markup_and_emoji_codes_in_an_article_come_out_as_they_are(color: bool) -> None:
    text = "[bold]loud[/bold] :smile: [link=http://x]here[/link] 1234 True"
    assert text in rendered("terminal", plain(text), color=color, width=96)


def test_escape_sequences_come_out_as_signs() -> None:
    speaker = Speaker(id=7, name="Ana\x1b[2J", role="may\u202eor")
    annotation = BRIDGE.model_copy(update={"speakers": (speaker,)})
    shown = rendered("terminal", annotation)
    assert "Ana\\x1b[2J · may\\u202eor" in shown


@pytest.mark.parametrize("color", [False, True])
@settings(max_examples=40, deadline=None, derandomize=True)
@given(annotation=any_annotations())
def test_nothing_but_richs_own_styles_acts_on_the_terminal(
    color: bool, annotation: Annotation
) -> None:
    shown = rendered("terminal", annotation, color=color, width=60)
    left = STYLE.sub("", shown) if color else shown
    assert visible(left) == left
    assert "\r" not in left


def test_the_terminal_begins_with_how_many_speakers_are_to_be_checked() -> None:
    assert rendered("terminal", IN_DOUBT).startswith("2 speakers to check\n\nMarta Oln")
    one = IN_DOUBT.model_copy(update={"quotes": IN_DOUBT.quotes[:3]})
    assert rendered("terminal", one).startswith("1 speaker to check\n")
    assert "check" not in rendered("terminal", BRIDGE)


def test_a_doubtful_quote_says_who_may_have_said_it_and_a_sure_one_how_sure_that_is() -> None:
    shown = rendered("terminal", IN_DOUBT)
    assert "‘[3?: Never sell the water,]’" in shown
    assert "\n      speaker in doubt: Petar Lind 0.48, Ana Kovač 0.41\n      mixed · cue" in shown
    assert "confidence 0.60 · note nested\n" in shown
    assert "confidence 0.94 · speaker confidence 0.98\n" in shown


def test_each_quote_says_who_decided_it_and_nothing_where_no_model_was_asked() -> None:
    shown = rendered("terminal", DECIDED)
    assert " · decided by draft and model\n" in shown
    assert " · decided by the model, from the draft\n" in shown
    assert " · decided by the draft alone\n" in shown
    assert " · decided by the model alone\n" in shown
    assert "decided" not in rendered("terminal", BRIDGE)


def test_whom_the_model_names_is_shown_beside_whom_the_text_says() -> None:
    shown = rendered("terminal", DECIDED)
    assert shown.startswith("2 speakers to check\n")
    assert "speaker in doubt: named Petar Lind by the model; the text says Ana Kovač 0.96" in shown
    assert "in doubt: given no name by the model; the text says Petar Lind 0.95" in shown


def test_the_last_line_says_where_a_model_was_asked_about_doubts_only() -> None:
    made = "Made by the model large-1 (answered by large-1-2024), asked about doubts only: 2 req"
    assert made in rendered("terminal", DECIDED)
    assert "asked about" not in rendered("terminal", BRIDGE)
