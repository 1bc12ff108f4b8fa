"""A process that has everything imported and forks a real `attributor` for each line it reads.

    {"args": [...], "environ": {...}, "output": FILE}  ->  the child's pid, later its exit status

A child is what `attributor …` would be, without the second that importing takes. It has a process
group of its own.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    _warm_up()
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(told)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _warm_up() -> None:
    """Import and load what every call needs."""
    import openai
    import rich.console  # noqa: F401

    import attributor.archive.wiring
    import attributor.cli.batch
    import attributor.cli.progress_line  # noqa: F401
    from attributor.archive.batch_api.tuning import Tuning
    from attributor.marking import mark
    from attributor.prompting import prices
    from attributor.records import Article, Usage

    usual = Tuning.__init__.__defaults__ or ()
    Tuning.__init__.__defaults__ = (0.002, 0.1, 0.002, *usual[3:])  # nobody waits
    mark(Article(id="a", text="“Yes,” Ana said.\n\nNo one of them was there."))
    prices.cost("gpt-5-mini", Usage(input_tokens=1), "https://api.openai.com/v1")
    openai.AsyncOpenAI(api_key="none")


def _become(told: dict[str, object]) -> None:
    from attributor.cli import cli

    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job ignores it
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup
    os.environ.update({str(k): str(v) for k, v in dict(told["environ"]).items()})  # type: ignore[call-overload]
    output = os.open(Path(str(told["output"])), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    faulthandler.register(signal.SIGUSR1)  # a batch that hangs is asked where it stands
    code = 1
    try:
        cli.main(list(told["args"]), prog_name="attributor")  # type: ignore[call-overload]
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
