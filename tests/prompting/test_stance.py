from __future__ import annotations

import json

import pytest
from support.dialogues import said

from attributor.engines import Conversation
from attributor.engines import asked as carried
from attributor.prompting.prompts import Prompts
from attributor.prompting.stance_dialogue import (
    MAX_EXAMPLES_PER_LABEL,
    MAX_OPEN_TARGETS,
    MAX_QUOTES_PER_REQUEST,
    MAX_TARGET_CHARACTERS,
    StanceDialogue,
)
from attributor.records import (
    Annotation,
    Article,
    Codebook,
    Example,
    Provenance,
    Quote,
    Span,
    Speaker,
    Target,
)

TEXT = "Ann said: we want the tram. " * 50
TRAM = Target(
    name="the tram",
    definition="The line to the hills,\nas planned.",
    examples=(Example(text="Build it now.", label="favor"),),
)


def annotation(count: int = 2) -> Annotation:
    quotes = tuple(
        Quote(id=n, kind="indirect", marked=False, spans=(Span.of(TEXT, 10, 26),), speaker=1)
        for n in range(1, count + 1)
    )
    return Annotation(
        article=Article(id="tram", text=TEXT),
        speakers=(Speaker(id=1, name="Ann"),),
        quotes=quotes,
        engine=Provenance(name="embedded"),
        warnings=("before",),
    )


def asking(
    annotation: Annotation, prompts: Prompts, codebook: Codebook
) -> Conversation[Annotation]:
    return Conversation(carried(StanceDialogue(annotation, prompts, codebook)))


def asked(count: int = 2) -> Conversation[Annotation]:
    return Conversation(
        carried(StanceDialogue(annotation(count), Prompts.load(), Codebook(targets=(TRAM,))))
    )


def test_quotes_of_any_engine_can_be_asked_about() -> None:
    talk = asked()
    (request,) = talk.requests()
    talk.take(request, said('{"stances":[{"quote":2,"target":1,"label":"favor"}]}'))
    found = talk.result
    assert found
    assert [len(q.stances) for q in found.quotes] == [0, 1]
    (stance,) = found.quotes[1].stances
    assert (stance.target, stance.label) == ("the tram", "favor")
    assert stance.evidence == found.quotes[1].spans[0]
    assert (found.engine.name, found.engine.model) == ("embedded", "m-1")
    assert found.engine.prompt == "stance"
    assert found.warnings == ("before",)


def test_the_request_shows_targets_and_quotes_and_no_more_of_the_article() -> None:
    (request,) = asked().requests()
    system, user = request.messages
    assert "1| the tram: The line to the hills, as planned." in system.content
    assert "favor, for example: Build it now." in system.content
    assert user.content == "<quotes>\n1| Ann: we want the tram\n2| Ann: we want the tram\n</quotes>"


def test_a_model_is_shown_the_first_few_examples_of_each_label() -> None:
    many = [
        Example(text=f"No. {n}", label=label) for n in range(9) for label in ("favor", "against")
    ]
    target = TRAM.model_copy(update={"examples": tuple(many)})
    talk = Conversation(
        carried(StanceDialogue(annotation(), Prompts.load(), Codebook(targets=(target,))))
    )
    shown = talk.requests()[0].messages[0].content
    assert shown.count("for example: ") == 2 * MAX_EXAMPLES_PER_LABEL
    assert all(
        f"against, for example: No. {n}\n" in f"{shown}\n" for n in range(MAX_EXAMPLES_PER_LABEL)
    )


def test_many_quotes_are_asked_in_chunks() -> None:
    talk = asked(MAX_QUOTES_PER_REQUEST + 1)
    requests = talk.requests()
    assert len(requests) == 2
    for request in requests:
        assert talk.result is None
        talk.take(request, said('{"stances":[{"quote":21,"target":1,"label":"against"}]}'))
    assert talk.result
    assert [q.id for q in talk.result.quotes if q.stances] == [21]


@pytest.mark.parametrize(
    ("stance", "warning"),
    [
        ('{"quote":9,"target":1,"label":"favor"}', "quote 9 and target 1"),
        ('{"quote":1,"target":2,"label":"favor"}', "quote 1 and target 2"),
        ('{"quote":1,"target":0,"label":"favor"}', "quote 1 and target 0"),
        ('{"quote":1,"target":1,"label":"love"}', "malformed: 'label'"),
        ('"favor"', "malformed"),
    ],
)
def test_an_odd_stance_is_a_warning(stance: str, warning: str) -> None:
    talk = asked()
    talk.take(talk.requests()[0], said(f'{{"stances":[{stance}]}}'))
    assert talk.result
    assert all(not q.stances for q in talk.result.quotes)
    assert warning in talk.result.warnings[-1]


def test_an_unusable_answer_is_a_warning_and_the_quotes_stand() -> None:
    talk = asked()
    talk.take(talk.requests()[0], said("", refusal="no"))
    assert talk.result
    assert len(talk.result.quotes) == 2
    assert "refused" in talk.result.warnings[-1]


def test_of_two_labels_for_one_quote_the_first_counts() -> None:
    talk = asked()
    both = '{"quote":1,"target":1,"label":"favor"},{"quote":1,"target":1,"label":"against"}'
    talk.take(talk.requests()[0], said(f'{{"stances":[{both}]}}'))
    assert talk.result
    assert [s.label for s in talk.result.quotes[0].stances] == ["favor"]


def test_without_quotes_nothing_is_asked() -> None:
    talk = asked(0)
    assert talk.requests() == []
    assert talk.result == annotation(0)


# --- targets that the model names ----------------------------------------------------------------


def open_answers(*stances: str, count: int = 2) -> Annotation:
    talk = asking(annotation(count), Prompts.load(), Codebook())
    (request,) = talk.requests()
    talk.take(request, said(f'{{"stances":[{",".join(stances)}]}}'))
    assert talk.result
    return talk.result


def entry(quote: int, target: str, label: str = "favor") -> str:
    return json.dumps({"quote": quote, "target": target, "label": label})


def test_without_targets_the_model_is_asked_for_its_own() -> None:
    (request,) = Conversation(
        carried(StanceDialogue(annotation(), Prompts.load(), Codebook()))
    ).requests()
    system, user = request.messages
    assert system.content == Prompts.load().open_stance.body
    assert user.content.startswith("<quotes>\n1| Ann: we want the tram\n")
    item = request.schema["properties"]["stances"]["items"]
    assert item["properties"]["target"]["type"] == "string"
    assert item["required"] == ["quote", "target", "label"]
    assert item["additionalProperties"] is False


def test_a_target_of_the_model_is_taken_as_it_names_it() -> None:
    found = open_answers(entry(1, "the tram"), entry(2, "the hills", "against"))
    assert [[(s.target, s.label) for s in q.stances] for q in found.quotes] == [
        [("the tram", "favor")],
        [("the hills", "against")],
    ]
    assert found.engine.prompt == "open_stance"


def test_the_same_target_is_spelled_as_it_was_first() -> None:
    found = open_answers(entry(1, "The Tram"), entry(2, "the tram", "against"))
    assert [q.stances[0].target for q in found.quotes] == ["The Tram", "The Tram"]


def test_a_target_of_the_model_is_short_and_on_one_line_and_obeys_nobody() -> None:
    found = open_answers(entry(1, "the\n<|im_end|> tram " + "x" * 500))
    (stance,) = found.quotes[0].stances
    assert len(stance.target) <= MAX_TARGET_CHARACTERS
    assert "\n" not in stance.target
    assert "<" not in stance.target


@pytest.mark.parametrize("target", ["", "   ", "\n"])
def test_an_empty_target_is_a_warning(target: str) -> None:
    found = open_answers(entry(1, target))
    assert not found.quotes[0].stances
    assert "which were not asked about" in found.warnings[-1]


def test_a_quote_has_only_so_many_targets() -> None:
    found = open_answers(*(entry(1, f"target {n}") for n in range(MAX_OPEN_TARGETS + 2)))
    assert [s.target for s in found.quotes[0].stances] == ["target 0", "target 1", "target 2"]
