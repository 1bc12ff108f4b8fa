"""`attributor annotate`: what is read, who is asked, what is written, and how it fails."""

from __future__ import annotations

import json
import os
import stat
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.command_line import Run

from attributor.cli.annotate import _standard_input
from attributor.errors import AccessError, AnswerError, UsageError
from attributor.prompting import Estimate
from attributor.records import Annotation, Article, Codebook, Provenance, Quote, Span
from attributor.settings import Settings


class StandIn:
    """An engine that finds each article's first word said by nobody; "fault" makes it fail."""

    notice = "The stand-in answers."
    closed = False

    def __init__(self, settings: Settings, codebook: Codebook | None) -> None:
        self.settings, self.codebook = settings, codebook
        asks = settings.chosen_engine != "embedded"
        self.engine = SimpleNamespace(asks=asks, settings_used=frozenset())

    def annotate_now(self, article: Article) -> Annotation:
        if article.text.startswith("fault"):
            raise KeyError("a fault")
        if article.text.startswith("refused"):
            raise AccessError("The key is wrong: set another.")
        if article.text.startswith("misled"):
            raise UsageError("There is no such language pack.")
        if article.text.startswith("broken"):
            raise AnswerError("The answer is broken: try again.")
        word = Span.of(article.text, 0, len(article.text.split()[0]))
        quote = Quote(id=1, kind="direct", marked=False, spans=(word,))
        return Annotation(article=article, quotes=(quote,), engine=Provenance(name="embedded"))

    def estimate(self, article: Article, ask: str | None = None) -> Estimate:
        whole = Estimate((1, 2), (100, 100), (10, 20), None)
        return whole.times(0) if ask == "doubts" and "sure" in article.text else whole

    async def annotate(self, article: Article, on_progress: object = None) -> Annotation:
        return self.annotate_now(article)

    async def aclose(self) -> None:
        self.closed = True


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[StandIn]:
    """The engines that calls made, in place of real ones."""
    made: list[StandIn] = []

    def make(settings: Settings, codebook: Codebook | None) -> StandIn:
        made.append(StandIn(settings, codebook))
        return made[-1]

    monkeypatch.setattr("attributor.pipeline.Annotator", make)
    return made


@pytest.fixture
def article(engines: list[StandIn]) -> str:
    return file("article.txt", "Rekao je “da”, said Ana.")


def file(name: str, content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    Path(name).write_bytes(data)
    return name


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


# --- what is read ---------------------------------------------------------------------------------


def test_files_are_annotated_in_their_order(run: Run, article: str) -> None:
    other = file("other.txt", "Another.")
    result = run("annotate", "--format", "jsonl", other, article)
    assert result.exit_code == 0
    assert [a["article"]["id"] for a in lines_of(result.stdout)] == [other, article]
    assert result.stderr == "The stand-in answers.\n"


@pytest.mark.parametrize("sources", [[], ["-"]])
def test_a_pipe_is_read(run: Run, engines: list[StandIn], sources: list[str]) -> None:
    result = run("annotate", "--format", "jsonl", *sources, input="Дачић је рекао.")
    assert lines_of(result.stdout)[0]["article"]["text"] == "Дачић је рекао."


def test_jsonl_keeps_its_ids(run: Run, engines: list[StandIn]) -> None:
    lines = '{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}\n'
    result = run("annotate", "--format", "jsonl", input=lines)
    assert [a["article"]["id"] for a in lines_of(result.stdout)] == ["a", "b"]


# --- who is asked --------------------------------------------------------------------------------


def test_options_reach_the_engine(run: Run, article: str, engines: list[StandIn]) -> None:
    options = ["--engine", "openai", "--model", "m", "--base-url", "http://localhost:1/v1"]
    options += ["--prompts", "p", "--language", "sr-Latn", "--offline", "--allow-private"]
    options += ["--ask", "doubts", "--no-draft"]
    assert run("annotate", *options, article).exit_code == 0
    settings = engines[0].settings
    assert settings.model_dump(exclude_defaults=True) == {
        "engine": "openai",
        "model": "m",
        "base_url": "http://localhost:1/v1",
        "ask": "doubts",
        "draft": False,
        "prompts": Path("p"),
        "language": "sr-Latn",
        "offline": True,
        "allow_private": True,
    }
    assert engines[0].closed


def test_targets_are_added_to_the_codebook(run: Run, article: str, engines: list[StandIn]) -> None:
    book = file("book.yaml", "targets:\n  - name: NATO\n    definition: The alliance.\n")
    run("annotate", "--codebook", book, "--target", "nato", "--target", "EU", article)
    assert engines[0].codebook is not None
    targets = engines[0].codebook.targets
    assert [(t.name, t.definition) for t in targets] == [("NATO", "The alliance."), ("EU", "")]
    run("annotate", article)
    assert engines[1].codebook is None


def test_stance_leaves_the_targets_to_the_engine(
    run: Run, article: str, engines: list[StandIn]
) -> None:
    run("annotate", article)
    run("annotate", "--stance", article)
    assert [engine.codebook for engine in engines] == [None, Codebook()]


@pytest.mark.parametrize("beside", [("--target", "NATO"), ("--codebook", "book.yaml")])
def test_stance_beside_targets_is_refused(run: Run, article: str, beside: tuple[str, str]) -> None:
    result = run("annotate", "--stance", *beside, article)
    assert result.exit_code == 2
    assert "leaves the targets to the engine" in result.stderr


@pytest.mark.parametrize("name", ["", " ", "x" * 201])
def test_a_target_without_a_name_is_refused(run: Run, article: str, name: str) -> None:
    assert run("annotate", "--target", name, article).exit_code == 2


def test_a_mistake_in_the_codebook_stops_the_call(
    run: Run, article: str, engines: list[StandIn]
) -> None:
    book = file("book.yaml", "targets:\n  - name: NATO\n    examples: [{text: a, label: pro}]\n")
    result = run("annotate", "--codebook", book, article)
    assert result.exit_code == 2
    assert "'pro'" in result.stderr
    assert not engines


def test_offline_with_a_model_elsewhere_stops_the_call(
    run: Run, article: str, engines: list[StandIn]
) -> None:
    result = run("annotate", "--offline", "--engine", "openai", article)
    assert result.exit_code == 2
    assert "api.openai.com" in result.stderr
    assert not engines


def test_a_key_that_was_not_used_is_mentioned(
    run: Run, article: str, engines: list[StandIn], monkeypatch: pytest.MonkeyPatch
) -> None:
    file(".env", "OPENAI_BASE_URL=https://else.example/v1\n")
    assert run("config", "trust").exit_code == 0
    monkeypatch.setenv("OPENAI_API_KEY", "sk-example")
    result = run("annotate", article)
    assert "The key from the environment is not used" in result.stderr
    assert engines[0].settings.api_key is None


# --- what is written ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("out.json", "{"),
        ("out.JSONL", '{"format"'),
        ("out.csv", "\ufeffarticle"),
        ("out.md", "#"),
        ("out.html", "<!"),
        ("out.txt", "[?: rekao]"),
    ],
)
def test_the_suffix_says_the_format(run: Run, article: str, name: str, begins: str) -> None:
    result = run("annotate", "-o", name, article)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert Path(name).read_text(encoding="utf-8").lower().startswith(begins.lower())


OTHER_PROGRAMS = ["out.xlsx", "out.XLS", "out.docx", "out.pdf", "out.csv.gz"]


@pytest.mark.parametrize("name", [*OTHER_PROGRAMS, "out.parquet", "out.tsv", "out.db", "2019.03"])
def test_a_name_that_stands_for_no_format_is_refused_before_anybody_is_asked(
    run: Run, article: str, engines: list[StandIn], name: str
) -> None:
    result = run("annotate", "-o", name, article)
    assert result.exit_code == 2
    assert f"'{name}' would not be what its name says" in result.stderr
    assert ".json, .jsonl, .ndjson, .csv, .md" in result.stderr
    assert (names("."), engines) == ([article], [])


@pytest.mark.parametrize("name", OTHER_PROGRAMS)
def test_no_format_is_written_under_the_name_of_another_programs(
    run: Run, article: str, name: str
) -> None:
    assert run("annotate", "--format", "csv", "-o", name, article).exit_code == 2
    assert names(".") == [article]


@pytest.mark.parametrize("options", [["-o", "out"], ["--format", "csv", "-o", "out.data"]])
def test_a_name_that_says_nothing_is_taken(run: Run, article: str, options: list[str]) -> None:
    assert run("annotate", *options, article).exit_code == 0


def test_a_csv_file_begins_with_the_mark_by_which_excel_knows_its_letters(
    run: Run, article: str
) -> None:
    run("annotate", "-o", "out.csv", article)
    run("annotate", "--no-bom", "-o", "bare.csv", article)
    shown = run("annotate", "--format", "csv", article).stdout_bytes
    assert Path("out.csv").read_bytes() == b"\xef\xbb\xbf" + Path("bare.csv").read_bytes()
    assert shown == Path("bare.csv").read_bytes()


def test_our_own_reader_reads_our_own_csv(run: Run, article: str) -> None:
    run("annotate", "-o", "out.csv", article)
    result = run("annotate", "--format", "jsonl", "out.csv")
    assert result.exit_code == 0
    assert [line["article"]["text"] for line in lines_of(result.stdout)] == ["Rekao"]
    assert "\ufeff" not in result.stdout + result.stderr


def test_a_format_wins_over_the_suffix(run: Run, article: str) -> None:
    run("annotate", "--format", "jsonl", "-o", "out.txt", article)
    assert lines_of(Path("out.txt").read_text(encoding="utf-8"))


def test_missing_folders_are_made(run: Run, article: str) -> None:
    assert run("annotate", "-o", "new/deep/out.html", article).exit_code == 0
    assert names("new/deep") == ["out.html"]


def test_line_ends_of_csv_are_not_doubled(run: Run, article: str) -> None:
    run("annotate", "-o", "out.csv", article)
    assert b"\r\r\n" not in Path("out.csv").read_bytes()


def test_a_failure_leaves_the_older_file(run: Run, engines: list[StandIn]) -> None:
    file("out.json", "older")
    result = run("annotate", "-o", "out.json", file("a.txt", "broken"))
    assert result.exit_code == 4
    assert Path("out.json").read_text(encoding="utf-8") == "older"
    assert names(".") == ["a.txt", "out.json"]


def test_what_breaks_off_leaves_no_half_file(
    run: Run, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(_format: str, _annotations: object, out: Any, **_: object) -> None:
        out.write("half")
        raise KeyboardInterrupt

    monkeypatch.setattr("attributor.views.write", break_off)
    result = run("annotate", "-o", "out.json", article)
    assert result.exit_code == 130
    assert result.stderr.endswith("Cancelled.\n")
    assert names(".") == [article]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_replaced_file_keeps_its_permissions(run: Run, article: str) -> None:
    Path(file("out.json", "older")).chmod(0o640)
    run("annotate", "-o", "out.json", article)
    assert stat.S_IMODE(Path("out.json").stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_a_link(run: Run, article: str) -> None:
    Path("link.json").symlink_to("real.json")
    run("annotate", "-o", "link.json", article)
    assert Path("link.json").is_symlink()
    assert Path("real.json").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_told(run: Run, article: str) -> None:
    result = run("annotate", "-o", "/dev/full", article)
    assert result.exit_code == 1
    assert "'/dev/full' cannot be written: No space left on device." in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes of this kind")
def test_a_pipe_is_written_to_and_not_replaced(run: Run, article: str) -> None:
    os.mkfifo("pipe")
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(Path("pipe").read_text, encoding="utf-8")
        assert run("annotate", "--format", "jsonl", "-o", "pipe", article).exit_code == 0
        assert len(lines_of(read.result(timeout=10))) == 1
    assert Path("pipe").is_fifo()


def test_a_folder_is_no_output(run: Run, article: str) -> None:
    assert run("annotate", "-o", ".", article).exit_code == 2


def test_what_is_read_is_not_overwritten(run: Run, article: str) -> None:
    result = run("annotate", "-o", f"./{article}", article)
    assert result.exit_code == 2
    assert Path(article).read_text(encoding="utf-8").startswith("Rekao")


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"NO_COLOR": "", "FORCE_COLOR": ""}, False),
    ],
)
def test_colour_follows_the_terminal_and_the_users_wish(
    run: Run,
    article: str,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    coloured: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run("annotate", article).stdout) is coloured


# --- what it would cost -----------------------------------------------------------------------


def test_a_dry_run_sums_up_and_asks_nobody(run: Run, article: str) -> None:
    result = run("annotate", "--dry-run", "--engine", "openai", article, "missing.txt", article)
    assert result.exit_code == 3
    assert result.stdout.splitlines() == [
        "article.txt: 1 to 2 requests, 100 input tokens, 10 to 20 output tokens, price unknown",
        "article.txt: 1 to 2 requests, 100 input tokens, 10 to 20 output tokens, price unknown",
        "All 2 articles: 2 to 4 requests, 200 input tokens, 20 to 40 output tokens, price unknown",
        "--ask doubts: 2 of 2 articles asked, 2 to 4 requests, 200 input tokens, "
        "20 to 40 output tokens, price unknown",
        "--ask all (as set): 2 of 2 articles asked, 2 to 4 requests, 200 input tokens, "
        "20 to 40 output tokens, price unknown",
    ]


def test_a_dry_run_says_how_many_articles_would_be_asked_about_doubts_and_which_is_set(
    run: Run, article: str
) -> None:
    sure = file("sure.txt", "All is sure, said Ana.")
    call = ("annotate", "--dry-run", "--engine", "openai", "--ask", "doubts", article, sure)
    first, second, *_, doubts, all_ = run(*call).stdout.splitlines()
    assert first.startswith("article.txt: 1 to 2 requests")
    assert second.startswith("sure.txt: 0 requests")
    assert doubts.startswith("--ask doubts (as set): 1 of 2 articles asked, 1 to 2 requests")
    assert all_.startswith("--ask all: 2 of 2 articles asked, 2 to 4 requests")


def test_a_dry_run_without_a_draft_has_nothing_to_choose(run: Run, article: str) -> None:
    shown = run("annotate", "--dry-run", "--engine", "openai", "--no-draft", article).stdout
    assert shown.startswith("article.txt: 1 to 2 requests")
    assert "--ask" not in shown


def test_a_dry_run_of_the_embedded_engine_costs_nothing(run: Run, article: str) -> None:
    result = run("annotate", "--dry-run", "--engine", "embedded", article)
    assert result.stdout == "The embedded engine costs nothing.\n"


def test_a_dry_run_writes_no_file(run: Run, article: str) -> None:
    assert run("annotate", "--dry-run", "-o", "out.json", article).exit_code == 2


# --- how it fails ---------------------------------------------------------------------------------


def test_one_failure_does_not_cost_the_others(run: Run, article: str) -> None:
    sources = [file("b.txt", "broken"), article, file("f.txt", "fault"), "missing.txt", article]
    result = run("annotate", "--format", "jsonl", *sources)
    assert result.exit_code == 4
    assert len(lines_of(result.stdout)) == 2
    lines = result.stderr.splitlines()[1:]
    assert [line.split("'")[1] for line in lines] == ["b.txt", "f.txt", "missing.txt"]
    assert all(line.startswith("Error: ") for line in lines)


def test_the_first_failure_decides_the_exit_code(run: Run, article: str) -> None:
    assert run("annotate", "missing.txt", file("b.txt", "broken"), article).exit_code == 3


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [("refused", 4, "The key is wrong"), ("misled", 2, "There is no such language pack")],
)
def test_what_would_happen_to_every_article_is_told_once(
    run: Run, article: str, text: str, code: int, sentence: str
) -> None:
    sources = [file("a.txt", text), file("b.txt", text), article]
    result = run("annotate", "--format", "jsonl", *sources)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.count(sentence) == 1


def test_each_row_of_a_table_is_annotated_and_what_was_guessed_is_said(
    run: Run, engines: list[StandIn]
) -> None:
    table = file("t.csv", "key,body\na,First one.\nb,\nc,Third one.\n")
    result = run("annotate", "--engine", "embedded", "--format", "jsonl", table)
    assert [line["article"]["text"] for line in lines_of(result.stdout)] == [
        "First one.",
        "Third one.",
    ]
    assert "'t.csv' is taken to have its text in 'body'." in result.stderr
    assert "'t.csv:3' has no text in 'body': fill it in." in result.stderr
    assert result.exit_code == 3


def test_each_member_of_an_archive_is_annotated(run: Run, engines: list[StandIn]) -> None:
    with zipfile.ZipFile("d.zip", "w") as archive:
        archive.writestr("a.txt", "First one.")
        archive.writestr("b/c.jsonl", '{"text": "Second one."}')
    result = run("annotate", "--engine", "embedded", "--format", "jsonl", "d.zip")
    ids = [line["article"]["id"] for line in lines_of(result.stdout)]
    assert (result.exit_code, ids) == (0, ["d.zip!a.txt", "d.zip!b/c.jsonl:1"])


def test_a_fault_in_reading_one_source_does_not_cost_the_others(
    run: Run, article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from attributor.reading import read

    def faulty(source: str, **options: Any) -> Any:
        if source == "bad":
            raise ZeroDivisionError
        return read(source, **options)

    monkeypatch.setattr("attributor.reading.read", faulty)
    result = run("annotate", "--format", "jsonl", "bad", article)
    assert (result.exit_code, len(lines_of(result.stdout))) == (1, 1)


BAD: dict[str, Callable[[], str]] = {
    "an empty file": lambda: file("a.txt", ""),
    "white space": lambda: file("a.txt", " \n\t\n"),
    "a picture": lambda: file("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))),
    "NUL": lambda: file("a.bin", b"\x00" * 500),
    "a page without an article": lambda: file("a.html", "<html><body><nav></nav></body></html>"),
    "a missing file": lambda: "missing.txt",
    "a folder": lambda: ".",
    "a name with an escape": lambda: "a\x1b]0;x\x07.txt",
    "25 MB": lambda: file("a.txt", b"word " * 5_000_000),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_article_gets_a_sentence(
    run: Run, engines: list[StandIn], article: str, bad: str
) -> None:
    result = run("annotate", "--format", "jsonl", BAD[bad](), article)
    assert result.exit_code == 3
    assert len(lines_of(result.stdout)) == 1
    assert len(result.stderr.splitlines()) == 2
    assert "\x1b" not in result.stderr


def test_no_source_at_all_is_told(run: Run, engines: list[StandIn]) -> None:
    result = run("annotate", input="")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "'stdin' is empty" in result.stderr


def test_without_standard_input_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="There is no standard input"):
        next(_standard_input(None))


def test_an_encoding_that_cannot_be_told_is_named(run: Run) -> None:
    text = "„Most je siguran“, rekao je Žarko Đurić u četvrtak. Dodao je da će doći.\n"
    Path("old.txt").write_bytes(text.encode("cp1250"))
    Path("new.txt").write_text(text, encoding="utf-8")
    Path("short.txt").write_bytes("“Él vendrá”, said Ana Pérez.".encode("cp1252"))
    refused = run("annotate", "--engine", "embedded", "--format", "jsonl", "short.txt")
    assert refused.exit_code == 3
    assert "name it with --encoding" in refused.stderr
    call = ("annotate", "--engine", "embedded", "--format", "jsonl", "--encoding", "windows-1250")
    made = run(*call, "old.txt", "new.txt")
    assert made.exit_code == 0, made.stderr
    texts = [json.loads(line)["article"]["text"] for line in made.stdout.splitlines()]
    assert texts == [text, text]
    Path("curly.txt").write_bytes("“Él vendrá”, said Ana Pérez.".encode("cp1252"))
    curly = run(*call[:-1], "latin-1", "curly.txt")  # as browsers read it
    assert "“Él vendrá”" in json.loads(curly.stdout)["article"]["text"]
    for wrong in ("klingon", "utf-16", "zip"):
        shown = run(*call[:-1], wrong, "old.txt")
        assert shown.exit_code == 2
        assert f"'{wrong}' is no encoding of texts" in shown.stderr
