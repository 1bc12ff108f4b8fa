"""`attributor eval` measures an engine on gold, and fails where an article did."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Run
from support.embedded import annotate

from attributor.errors import ModelError
from attributor.evaluation.gold import read_gold
from attributor.pipeline import Annotator
from attributor.records import Annotation, Article

GOLD = sorted((Path(__file__).parents[2] / "fixtures" / "gold").glob("*.jsonl"))
PATHS = [str(path) for path in GOLD]
TEXT = "“The wall holds,” Mayor Ada Quill said. Bo Lark said the gates leak."


def row(id: str = "quarrel", **more: Any) -> str:
    quotes = [
        {
            "content": [[1, 16]],
            "speaker": {"mention": [[18, 33]], "name": "Ada Quill"},
            "kind": "direct",
            "stance": [{"target": "the wall", "label": "favor"}],
        }
    ]
    return json.dumps({"id": id, "text": TEXT, "quotes": quotes, **more}) + "\n"


def file(name: str, *rows: str) -> str:
    Path(name).write_text("".join(rows), encoding="utf-8")
    return name


def test_the_table_has_every_figure_with_its_interval(run: Run) -> None:
    result = run("eval", "--engine", "embedded", *PATHS)
    assert result.exit_code == 0
    for measure in ("found", "exact", "speaker", "name", "R", "P", "F1", "F1_found"):
        assert re.search(
            rf"^{measure} +\d+\.\d \(\d+\.\d–\d+\.\d\)", result.stdout, re.MULTILINE
        ), measure
    assert result.stdout.splitlines()[0].count("the embedded engine") == 1
    assert "; 0 requests; 0 tokens in, 0 out; $0.00; " in result.stdout
    assert "nothing leaves this machine" in result.stderr


def test_the_worst_articles_come_first_and_ten_at_most(run: Run) -> None:
    rows = [row(f"n{n}", text=TEXT if n % 2 else TEXT.replace("said", "sa")) for n in range(30)]
    result = run("eval", "--engine", "embedded", file("g.jsonl", *rows))
    listed = result.stdout.partition("Worst articles: missed  partly  misattributed  wrong\n")[2]
    assert [line.split()[-1] for line in listed.splitlines()] == [f"n{n}" for n in range(0, 20, 2)]
    assert listed.split()[:4] == ["1", "0", "0", "0"]


def test_json_holds_everything(run: Run) -> None:
    result = run("eval", "--engine", "embedded", "--json", *PATHS)
    told = json.loads(result.stdout)
    assert told["articles"] == len(told["by_article"]) == len(PATHS)
    assert [each["file"] for each in told["gold"]] == PATHS
    assert told["seconds"] > 0
    assert told["engines"][0]["name"] == "embedded"
    assert told["usage"] == {
        "requests": 0,
        "input_tokens": 0,
        "cached_tokens": 0,
        "output_tokens": 0,
        "cost_usd": 0,
    }
    low, high = told["intervals"]["F1"]
    assert low <= told["F1"] <= high
    assert set(told["all"]) == {"gold", "found", "exact", "speaker", "name", "R"}
    assert sum(each["gold"] for each in told["by_article"]) == told["all"]["gold"]


def test_our_own_output_as_gold_is_all_right_for_the_engine_that_made_it(run: Run) -> None:
    made = run("annotate", "--engine", "embedded", "--format", "jsonl", *PATHS)
    corrected = file("own.jsonl", made.stdout)
    told = json.loads(run("eval", "--engine", "embedded", "--json", corrected).stdout)
    assert (told["F1"], told["all"]["R"]) == (100, 100)


def test_ready_predictions_are_scored_without_an_engine(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("annotate", "--engine", "embedded", "--format", "jsonl", *PATHS)
    asked = json.loads(run("eval", "--engine", "embedded", "--json", *PATHS).stdout)
    monkeypatch.setattr(Annotator, "__init__", None)
    result = run("eval", "--json", "--predictions", file("p.jsonl", made.stdout), *PATHS)
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert told["seconds"] is None
    del told["seconds"], asked["seconds"]
    assert told == asked


def test_split_and_limit_choose_articles(run: Run) -> None:
    rows = [row("a", split="dev"), row("b", split="test"), row("c", split="dev")]
    rows += [row("d", split="dev")]
    gold = file("g.jsonl", *rows)
    result = run("eval", "--engine", "embedded", "--json", "--split", "dev", "--limit", "2", gold)
    assert {each["id"] for each in json.loads(result.stdout)["by_article"]} == {"a", "c"}


def test_thoughts_count_with_all(run: Run) -> None:
    thought = json.loads(row("b"))
    thought["quotes"][0]["speech_cue"] = False
    gold = file("g.jsonl", row("a"), json.dumps(thought) + "\n")
    asked = [
        json.loads(run("eval", "--engine", "embedded", "--json", *more, gold).stdout)
        for more in ((), ("--all",))
    ]
    assert [each["all"]["gold"] for each in asked] == [1, 2]


def test_targets_are_asked_for_with_stance_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    original = Annotator.annotate_now

    def noted(self: Annotator, article: Article) -> Annotation:
        asked.append(self.codebook and [target.name for target in self.codebook.targets])
        return original(self, article)

    monkeypatch.setattr(Annotator, "annotate_now", noted)
    other = json.loads(row("b"))
    other["quotes"][0]["stance"] = [{"target": "the gates", "label": "against"}]
    gold = file(
        "g.jsonl",
        row("a"),
        json.dumps(other) + "\n",
    )
    without = run("eval", "--engine", "embedded", gold)
    result = run("eval", "--engine", "embedded", "--stance", gold)
    assert asked == [None, None, ["the wall"], ["the gates"]]
    assert "Stances: " not in without.stdout
    assert "Stances: 2 of 2 are of quotes that were found.\naccuracy  " in result.stdout


def statement(id: str, said: str, stance: str) -> str:
    return json.dumps({"id": id, "text": said, "target": "the wall", "stance": stance}) + "\n"


STATEMENTS = (
    statement("s1", "We support it and we welcome it.", "favor"),
    statement("s2", "It is a danger and a disgrace.", "against"),
    statement("s3", "It was opened in May.", "favor"),
)


def test_texts_that_are_one_quote_each_are_measured_for_their_stances_alone(run: Run) -> None:
    gold = file("s.jsonl", *STATEMENTS)
    result = run("eval", "--engine", "embedded", gold)
    assert result.exit_code == 0
    assert result.stdout.startswith("s.jsonl: 3 texts; the embedded engine\n\nStances: 3 of 3 ")
    assert re.search(r"^macro-F1  55\.6 \(", result.stdout, re.MULTILINE)
    assert "(The commonest label alone: accuracy 66.7, macro-F1 40.0.)" in result.stdout
    assert "favor             1        0        1        0" in result.stdout
    assert "F1_found" not in result.stdout
    told = json.loads(run("eval", "--engine", "embedded", "--json", gold).stdout)["stance"]
    assert (told["accuracy"], told["abstained"], told["compared"]) == (66.7, 0, 3)
    assert told["by_label"]["favor"] == {"gold": 2, "P": 100, "R": 50, "F1": 66.7}
    assert told["majority"]["accuracy"] == 66.7


def test_a_codebook_adds_definitions_and_examples_to_the_golds_targets(run: Run) -> None:
    said = {
        "favor": ("Opened in May", "May it be opened"),
        "against": ("Shut in June", "It is shut"),
    }
    listed = [
        f"      - {{text: {text}, label: {label}}}\n" for label in said for text in said[label] * 3
    ]
    book = file("b.yaml", "targets:\n  - name: The Wall\n    examples:\n", *listed)
    gold = file("s.jsonl", *STATEMENTS)
    told = run("eval", "--engine", "embedded", "--codebook", book, "--json", gold)
    assert json.loads(told.stdout)["stance"]["accuracy"] == 100


def test_there_is_no_page_of_texts_that_are_one_quote_each(run: Run) -> None:
    result = run("eval", "--engine", "embedded", "--html", file("s.jsonl", *STATEMENTS))
    assert result.exit_code == 2
    assert "one quote each" in result.stderr


def test_texts_and_articles_can_be_measured_together(run: Run) -> None:
    gold = file("g.jsonl", row("a"), *STATEMENTS)
    told = json.loads(run("eval", "--engine", "embedded", "--stance", "--json", gold).stdout)
    assert (told["articles"], told["stance"]["gold"]) == (4, 4)


def test_ready_stances_of_texts_are_scored(run: Run) -> None:
    gold = file("s.jsonl", *STATEMENTS)
    ready = [
        {"id": f"s{n}", "quotes": [{"content": [[0, 99]], "stance": [stance]}]}
        for n, stance in enumerate([{"target": "the wall", "label": "favor"}] * 3, 1)
    ]
    rows = (json.dumps(each) + "\n" for each in ready)
    told = run("eval", "--json", "--predictions", file("p.jsonl", *rows), gold)
    assert json.loads(told.stdout)["stance"]["accuracy"] == 66.7


def test_stance_without_targets_in_the_gold_is_refused(run: Run) -> None:
    bare = json.loads(row())
    del bare["quotes"][0]["stance"]
    result = run("eval", "--engine", "embedded", "--stance", file("g", json.dumps(bare)))
    assert result.exit_code == 2
    assert "names no targets" in result.stderr


def test_an_article_that_fails_is_told_and_counts_as_missed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Annotator, article: Article) -> Annotation:
        if article.id == "bad":
            raise ModelError("The model has gone home.")
        return annotate(article)

    monkeypatch.setattr(Annotator, "annotate_now", broken)
    result = run("eval", "--engine", "embedded", file("g", row("good"), row("bad")))
    assert result.exit_code == ModelError.exit_code
    assert "'bad': The model has gone home." in result.stderr
    assert "articles without a prediction: 1" in result.stdout
    assert re.search(r"^R +50\.0 ", result.stdout, re.MULTILINE)


def test_where_every_article_fails_there_is_no_table(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Annotator, article: Article) -> Annotation:
        raise ModelError("The model has gone home.")

    monkeypatch.setattr(Annotator, "annotate_now", broken)
    result = run("eval", "--engine", "embedded", file("g", row()))
    assert (result.exit_code, result.stdout) == (ModelError.exit_code, "")


def test_a_missing_prediction_and_one_for_another_text_are_told(run: Run) -> None:
    gold = file("g", row("a"), row("b"), row("c"))
    (first, *_) = read_gold(gold)
    other = annotate(Article(id="b", text="Something else, Ada Quill said."))
    rows = (annotate(first.article).model_dump_json(), other.model_dump_json())
    result = run(
        "eval", "--json", "--predictions", file("p", *(f"{each}\n" for each in rows)), gold
    )
    assert result.exit_code == 3
    assert "'b' is about another text than the gold's" in result.stderr
    assert "no prediction for 'c'" in result.stderr
    assert json.loads(result.stdout)["articles_without_prediction"] == 2


@pytest.mark.parametrize(
    ("name", "begins"), [("f.json", "{"), ("f.html", "<!doctype"), ("f.txt", "g.jsonl: 1 article")]
)
def test_the_suffix_says_in_which_form_figures_are_written(
    run: Run, name: str, begins: str
) -> None:
    assert run("eval", "--engine", "embedded", "-o", name, file("g.jsonl", row())).exit_code == 0
    assert Path(name).read_text(encoding="utf-8").startswith(begins)


def test_the_page_does_not_say_where_files_lie_on_this_machine(run: Run, tmp_path: Path) -> None:
    lies = tmp_path / "private"
    lies.mkdir()
    gold = file(str(lies / "g.jsonl"), row(str(lies / "story.txt")))
    page = run("eval", "--engine", "embedded", "--html", gold)
    assert page.exit_code == 0
    assert "story.txt" in page.stdout
    assert "private" not in page.stdout


def test_a_page_goes_to_its_file_beside_the_table(run: Run) -> None:
    result = run("eval", "--engine", "embedded", "--html", "-o", "wrong.html", *PATHS)
    assert result.exit_code == 0
    assert "F1_found" in result.stdout
    assert Path("wrong.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    alone = run("eval", "--engine", "embedded", "--html", *PATHS)
    assert alone.stdout.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--json", "--html"], "choose one"),
        (["--predictions", "p", "--engine", "embedded"], "leave --engine away"),
        (["--predictions", "p", "--base-url", "http://x"], "leave --base-url away"),
        (["--predictions", "p", "--stance"], "leave --stance away"),
        (["-o", "g.jsonl"], "is what is read"),
        (["-o", "out.xlsx"], "ends in .json, .html, .htm or .txt"),
        (["--json", "-o", "out.pdf"], "would not be what its name says"),
        ([], "'quotes'"),
    ],
)
def test_what_contradicts_itself_is_refused(run: Run, options: list[str], problem: str) -> None:
    gold = file("g.jsonl", '{"id": "x", "text": "y"}\n')
    result = run("eval", *options, gold)
    assert result.exit_code in (2, 3)
    assert problem in result.stderr


def test_nothing_in_an_id_acts_on_the_terminal(run: Run) -> None:
    result = run("eval", "--engine", "embedded", file("g", row("\x1b[31m\u202e", text=TEXT[::-1])))
    assert "\\x1b[31m" in result.stdout
    assert not set("\x1b\u202e") & set(result.stdout + result.stderr)
