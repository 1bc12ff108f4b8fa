"""A model that is asked for stances, one request after the other, and never twice for the same."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from attributor.prompting import Answer, Asker, Prompts, Request, StanceDialogue
from attributor.records import Annotation, Codebook, Usage
from attributor.settings import load


class Model:
    """A model on a server.

    Args:
        name: of the model; the server is that of the settings and the environment.
        kept: a JSONL file of answers, by the keys of their requests; it is added to.
    """

    def __init__(self, name: str, kept: Path) -> None:
        self.settings = load({"engine": "openai", "model": name})
        self._kept, self._prompts = kept, Prompts.load()
        lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
        rows = [json.loads(line) for line in lines]
        self._known = {each["key"]: _answer(each["answer"]) for each in rows}
        self._usage, self._seconds, self._asked = Usage(), 0.0, 0

    def ask(self, annotation: Annotation, codebook: Codebook) -> Annotation:
        """The annotation with the model's stances of its quotes."""
        dialogue = StanceDialogue(annotation, self._prompts, codebook)
        while requests := dialogue.requests():
            answer = self._answered(requests[0])
            self._usage += answer.usage
            dialogue.take(requests[0], answer)
        assert dialogue.annotation
        return dialogue.annotation

    def cost(self) -> str:
        """What all answers took, and how long those of this run."""
        used = self._usage
        tokens = f"{used.input_tokens:,} tokens in, {used.output_tokens:,} out"
        this_run = f"{self._asked} requests of this run took {self._seconds:,.0f} s"
        return f"{used.requests} requests, {tokens}; {this_run}."

    def _answered(self, request: Request) -> Answer:
        key = request.key(self.settings.model)
        if key not in self._known:
            begun = perf_counter()
            answer = asyncio.run(self._ask(request))
            self._seconds, self._asked = self._seconds + perf_counter() - begun, self._asked + 1
            row = {"key": key, "answer": {**asdict(answer), "usage": answer.usage.model_dump()}}
            with self._kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self._known[key] = answer
            print(
                f"  {request.purpose} {request.article}: {answer.usage.output_tokens} tokens",
                flush=True,
            )
        return self._known[key]

    async def _ask(self, request: Request) -> Answer:
        asker = Asker(self.settings)
        try:
            return await asker.ask(request)
        finally:
            await asker.aclose()


def _answer(row: dict[str, object]) -> Answer:
    return Answer(**{**row, "usage": Usage.model_validate(row["usage"])})  # type: ignore[arg-type]
