"""The one flow: which engine answers, what it says beforehand, and how it is called."""

from __future__ import annotations

import asyncio
import inspect
from pathlib import Path
from typing import Any

import pytest
from support import dialogues as samples
from support.environment import nothing_set
from support.replies import Reply
from support.scripted_server import Server, completion

from attributor import annotate, annotate_async
from attributor.errors import AccessError, UsageError
from attributor.pipeline import Annotator, as_article
from attributor.records import Annotation, Article, Codebook, Target
from attributor.settings import Settings

TEXT = "“The ferry is late,” Nela Brandt said."
WHOLE = samples.quote(mention="Nela Brandt", name="Nela Brandt", at="1")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting in the environment, no settings file."""
    nothing_set(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)


def answer() -> Reply:
    """A synthetic answer that credits Nela Brandt with the first segment of TEXT."""
    return completion(samples.answer([WHOLE], not_speech=[]).text, tokens=1_000)


# --- the embedded engine -------------------------------------------------------------------------


def test_a_text_is_annotated_without_any_set_up() -> None:
    annotation = annotate(TEXT)
    (quote,) = annotation.quotes
    assert quote.spans[0].text == "The ferry is late"
    speaker = annotation.speaker_of(quote)
    assert speaker is not None
    assert speaker.name == "Nela Brandt"
    assert annotation.engine.name == "embedded"


def test_an_article_comes_back_as_it_was_given() -> None:
    article = Article(
        id="7", title="Late", byline="A. B.", url="https://example.org", language="en", text=TEXT
    )
    assert annotate(article).article == article


def test_the_result_is_the_same_awaited_and_inside_a_running_loop() -> None:
    async def both() -> None:
        assert await annotate_async(TEXT) == annotate(TEXT)

    asyncio.run(both())


def test_targets_are_names_each_once_or_one_name_or_a_codebook() -> None:
    text = "“We support the ferry and we welcome it,” Nela Brandt said."
    codebook = Codebook(targets=(Target(name="the ferry"),))
    twice = ["the ferry", " The Ferry "]
    for targets in (["the ferry"], ("the ferry",), "the ferry", twice, codebook):
        (quote,) = annotate(text, targets=targets).quotes
        assert [(s.target, s.label) for s in quote.stances] == [("the ferry", "favor")]
    assert annotate(text).quotes[0].stances == ()


def test_an_empty_target_is_refused() -> None:
    for name in ("", " ", "a" * 201):
        with pytest.raises(UsageError, match=r"The target '.*' must have 1 to 200 characters"):
            annotate(TEXT, targets=[name])


def test_a_language_can_be_given_as_an_option() -> None:
    assert annotate("„Trajekt kasni“, rekla je Nela Brandt.", language="sr-Latn").quotes
    with pytest.raises(UsageError, match="There is no language pack 'xx'"):
        annotate(TEXT, language="xx")


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0"])
def test_a_text_without_a_word_is_refused_by_name(text: str) -> None:
    for given in (text, Article(id="7", text=text)):
        name = "7" if isinstance(given, Article) else "text"
        with pytest.raises(UsageError, match=f"'{name}'"):
            annotate(given)
    with pytest.raises(UsageError):
        asyncio.run(annotate_async(text))


def test_as_article_keeps_an_article_and_makes_one_of_a_text() -> None:
    article = Article(id="7", text=TEXT)
    assert as_article(article) is article
    assert as_article(TEXT).text == TEXT


# --- settings ------------------------------------------------------------------------------------


def test_an_unknown_option_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(UsageError, match=r"'modle'.*'model'"):
        annotate(TEXT, modle="gpt-5-mini")


def test_a_wrong_value_is_refused_by_its_setting() -> None:
    with pytest.raises(UsageError, match="'engine'"):
        annotate(TEXT, engine="magic")


def test_options_beside_ready_made_settings_are_checked_just_so() -> None:
    own = Settings(engine="embedded")
    assert annotate(TEXT, settings=own, language="en").quotes
    options: list[dict[str, Any]] = [{"modle": "m"}, {"engine": "magic"}, {"timeout": "soon"}]
    for wrong in options:
        with pytest.raises(UsageError, match="setting"):
            annotate(TEXT, settings=own, **wrong)


def test_options_outweigh_ready_made_settings_and_leave_them_alone() -> None:
    own = Settings(engine="openai", api_key="k" * 20)
    assert annotate(TEXT, settings=own, engine="embedded").engine.name == "embedded"
    assert own.engine == "openai"


def test_a_key_in_ready_made_settings_survives_an_option() -> None:
    from attributor.pipeline import annotator_for

    own = Settings(api_key="sk-of-my-own-000000")
    key = annotator_for((), None, own, {"model": "m"}).settings.api_key
    assert key is not None
    assert key.get_secret_value() == "sk-of-my-own-000000"


def test_offline_and_a_model_elsewhere_contradict_each_other() -> None:
    settings = Settings(engine="openai", offline=True, api_key="k" * 20)
    with pytest.raises(UsageError, match=r"'openai'.*'api\.openai\.com'.*offline"):
        Annotator(settings)
    with pytest.raises(UsageError, match="offline"):
        annotate(TEXT, engine="openai", offline=True)


def test_offline_and_a_client_of_ones_own_contradict_each_other_too() -> None:
    import openai

    client = openai.AsyncOpenAI(api_key="k", base_url="https://example.org/v1")
    with pytest.raises(UsageError, match="offline"):
        Annotator(Settings(offline=True), client=client)


def test_offline_leaves_an_article_to_the_embedded_engine_even_with_a_key() -> None:
    annotator = Annotator(Settings(offline=True, api_key="k" * 20))
    assert annotator.annotate_now(as_article(TEXT)).engine.name == "embedded"


def test_a_model_on_this_machine_is_asked_offline_too(server: Server) -> None:
    server.answers(answer())
    assert annotate(TEXT, offline=True, base_url=server.url).engine.name == "openai"


def test_a_folders_settings_that_nobody_trusts_are_left_aside_with_a_warning(
    server: Server,
) -> None:
    Path(".env").write_text(f"OPENAI_BASE_URL={server.url}\n", encoding="utf-8")
    with pytest.warns(UserWarning, match=r"OPENAI_BASE_URL from '\.env' is not used") as caught:
        assert annotate(TEXT).engine.name == "embedded"
    assert [warning.filename for warning in caught] == [__file__]
    assert server.asked == []


# --- the notice ----------------------------------------------------------------------------------


def test_the_notice_of_the_embedded_engine_says_that_nothing_leaves() -> None:
    assert Annotator(Settings()).notice == (
        "The embedded engine answers; nothing leaves this machine."
    )


def test_the_notice_names_model_and_host_and_how_to_keep_the_article() -> None:
    notice = Annotator(Settings(api_key="k" * 20, model="gpt-x")).notice
    assert "'gpt-x'" in notice
    assert "api.openai.com" in notice
    assert "--offline" in notice


def test_the_notice_names_a_server_without_its_password() -> None:
    settings = Settings(base_url="https://user:secret@models.example.org:8443/v1")
    notice = Annotator(settings).notice
    assert "models.example.org:8443" in notice
    assert "secret" not in notice


def test_the_notice_says_where_a_model_runs_on_this_machine() -> None:
    notice = Annotator(Settings(base_url="http://localhost:11434/v1")).notice
    assert "localhost:11434" in notice
    assert "runs on this machine" in notice
    assert "--offline" not in notice


def test_the_notice_names_the_host_of_ones_own_client() -> None:
    import openai

    client = openai.AsyncOpenAI(api_key="k", base_url="https://models.example.org/v1")
    assert "models.example.org" in Annotator(Settings(), client=client).notice


# --- a model -------------------------------------------------------------------------------------


def test_a_model_is_asked_where_a_server_is_configured(server: Server) -> None:
    server.answers(answer())
    annotation = annotate(TEXT, base_url=server.url, model="m-1")
    assert [span.text for q in annotation.quotes for span in q.spans] == ["The ferry is late"]
    assert annotation.engine.name == "openai"
    assert (annotation.engine.model, annotation.engine.model_reported) == ("m-1", "m-1-reported")
    assert len(server.asked) == 1


def test_a_model_is_asked_inside_a_running_loop(server: Server) -> None:
    server.answers(answer())

    async def notebook() -> int:
        return len(annotate(TEXT, base_url=server.url).quotes)

    assert asyncio.run(notebook()) == 1


def test_a_client_of_ones_own_is_asked_and_left_open(server: Server) -> None:
    import openai

    server.answers(answer())

    async def twice() -> list[str]:
        async with openai.AsyncOpenAI(api_key="own", base_url=server.url) as client:
            found = [await annotate_async(TEXT, client=client) for _ in range(2)]
            assert not client.is_closed()
        return [annotation.engine.name for annotation in found]

    assert asyncio.run(twice()) == ["openai", "openai"]
    assert [headers["authorization"] for headers in server.headers] == ["Bearer own"] * 2


def test_a_client_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'dict'.*AsyncOpenAI"):
        annotate(TEXT, client={})  # type: ignore[arg-type]


def test_a_failure_of_the_model_never_becomes_an_embedded_answer(server: Server) -> None:
    server.answers(Reply(401, {"error": {"message": "no"}}))
    with pytest.raises(AccessError) as caught:
        annotate(Article(id="7", text=TEXT), base_url=server.url, api_key="k" * 20)
    assert caught.value.article == "7"
    assert "k" * 20 not in str(caught.value)


def test_every_error_says_which_article_it_happened_to(server: Server) -> None:
    with pytest.raises(UsageError) as caught:
        annotate(Article(id="7", text=TEXT), base_url=server.url, language="xx")
    assert caught.value.article == "7"


def test_progress_is_told_in_short_phrases(server: Server) -> None:
    server.answers(answer())
    told: list[str] = []

    async def watch() -> None:
        annotator = Annotator(Settings(base_url=server.url))
        await annotator.annotate(as_article(TEXT), told.append)
        await annotator.aclose()

    asyncio.run(watch())
    assert told
    assert all(phrase and len(phrase) < 60 for phrase in told)


def test_an_estimate_asks_nobody(server: Server) -> None:
    estimate = Annotator(Settings(base_url=server.url)).estimate(as_article(TEXT))
    assert estimate is not None
    assert estimate.input_tokens[0] > 100
    assert server.asked == []


def test_the_asynchronous_twin_takes_the_same_arguments() -> None:
    one, other = inspect.signature(annotate), inspect.signature(annotate_async)
    assert one.parameters == other.parameters


# --- quotes that stand ---------------------------------------------------------------------------


def test_quotes_that_stand_are_only_asked_where_they_stand() -> None:
    found = annotate("“The ferry is late, and it is a disgrace,” Nela Brandt said.")
    assert not found.quotes[0].stances
    annotator = Annotator(Settings(engine="embedded"), Codebook(targets=(Target(name="delays"),)))
    judged = annotator.annotate_now(found)
    assert [s.label for s in judged.quotes[0].stances] == ["against"]
    assert judged.quotes[0].spans == found.quotes[0].spans
    assert (judged.id, judged.engine) == (found.id, found.engine)


def test_a_model_is_asked_once_about_quotes_that_stand(server: Server) -> None:
    server.answers(completion('{"stances":[{"quote":1,"target":1,"label":"against"}]}'))
    settings = Settings(engine="openai", base_url=server.url, model="m-1")

    async def ask() -> Annotation:
        annotator = Annotator(settings, Codebook(targets=(Target(name="delays"),)))
        try:
            return await annotator.annotate(annotate(TEXT, engine="embedded"))
        finally:
            await annotator.aclose()

    judged = asyncio.run(ask())
    assert [s.label for s in judged.quotes[0].stances] == ["against"]
    assert len(server.asked) == 1


def test_quotes_that_stand_cannot_be_asked_about_nothing() -> None:
    with pytest.raises(UsageError, match="name the targets"):
        Annotator(Settings(engine="embedded")).annotate_now(annotate(TEXT))
