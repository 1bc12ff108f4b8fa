"""How the views for readers put an annotation into words. Nothing here is escaped yet."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attributor.records import (
    IN_DOUBT,
    Annotation,
    DecidedBy,
    Provenance,
    Quote,
    Speaker,
    Stance,
    Usage,
)
from attributor.views.outline import likely, to_check

Fact = tuple[str, str]
"""What is known about an article: what it is, and its value."""
DECIDED_BY_WORDS: Mapping[DecidedBy, str] = {
    "draft": "the draft alone",
    "confirmed": "draft and model",
    "changed": "the model, from the draft",
    "added": "the model alone",
}
"""Who decided a quote, where a model was asked about a draft."""

_ON_A_DISK = re.compile(r"[/\\~]|[A-Za-z]:[/\\]|\.\.[/\\]")
_FILE = re.compile(r".*\.\w{1,9}(:\d+)?")
_IN_ARCHIVE = re.compile(r"(.*?\.\w+)(!.*)", re.DOTALL)
_ON_THE_WEB = re.compile(r"https?://", re.IGNORECASE)
"""The beginning of an address of the web."""


def source(article: str) -> str:
    """An article's id as others may see it: of a file its name, not where it lies on this machine.

    An id of the archive's own, such as `news/2019/17`, stays whole.
    """
    if _ON_THE_WEB.match(article):
        return article
    inside = _IN_ARCHIVE.fullmatch(article)
    path, member = inside.groups() if inside else (article, "")
    name = re.split(r"[/\\]", path.rstrip("/\\"))[-1]
    is_file = _ON_A_DISK.match(path) or _FILE.fullmatch(name)
    return name + member if name and is_file else article


def warnings(annotation: Annotation) -> list[str]:
    """The annotation's warnings as others may see them."""
    own = annotation.article.id
    return [warning.replace(own, source(own)) for warning in annotation.warnings]


def name(speaker: Speaker | None) -> str:
    """What a speaker is called: a name, or what stands in for one."""
    if speaker is None:
        return "Speaker unknown"
    return speaker.name or (
        f"Unnamed: {speaker.role}" if speaker.role else f"Unnamed {speaker.kind}"
    )


def about(speaker: Speaker | None) -> list[str]:
    """What else is known about a speaker: role, kind, other names."""
    if speaker is None:
        return []
    role = [speaker.role] if speaker.name and speaker.role else []
    others = [alias for alias in speaker.aliases if alias != speaker.name]
    return [*role, speaker.kind, *([f"also {', '.join(others)}"] if others else [])]


def count_to_check(annotation: Annotation) -> str:
    """How many quotes have a speaker that somebody should check; "" if none has."""
    count = len(to_check(annotation))
    return f"{count} speaker{'s' * (count != 1)} to check" if count else ""


def doubt(quote: Quote, speaker: Speaker | None) -> list[Fact]:
    """Who may have said the quote, if that is in doubt; `speaker` is whom it is credited to."""
    if not quote.in_doubt:
        return []
    name = speaker.name if speaker else ""
    others = [
        each
        for each in quote.candidates
        if each.name != name and (each.speaker is None or each.speaker != quote.speaker)
    ]
    return [(IN_DOUBT, doubted(name, likely(others, ", "), quote.decided_by))]


def doubted(name: str, others: str, decided_by: DecidedBy | None) -> str:
    """A doubt in words.

    Args:
        name: the name that is given all the same, if one is.
        others: who it may be by the text, beside that one.
        decided_by: who decided the quote.
    """
    told = decided_by in {"changed", "added"}
    if not others:
        return f"{name} is not sure" if name else "nobody is likely"
    if name:
        return f"named {name}{' by the model' * told}; the text says {others}"
    return f"given no name by the model; the text says {others}" if told else others


def facts(quote: Quote) -> list[Fact]:
    """All that an annotation says about one quote besides its words, its speaker and doubt."""
    unmarked = quote.kind == "direct" and not quote.marked
    found = [("kind", f"{quote.kind}, without quotation marks" if unmarked else quote.kind)]
    if quote.cue:
        found.append(("cue", f"“{quote.cue.text}”"))
    if quote.mention:
        found.append(("mention", f"“{quote.mention.text}”"))
    found += [("stance", stance(each)) for each in quote.stances]
    if quote.confidence is not None:
        found.append(("confidence", f"{quote.confidence:.2f}"))
    if quote.speaker_confidence is not None and not quote.in_doubt:
        found.append(("speaker confidence", f"{quote.speaker_confidence:.2f}"))
    if quote.decided_by:
        found.append(("decided by", DECIDED_BY_WORDS[quote.decided_by]))
    if notes := [flag for flag in quote.flags if flag != IN_DOUBT]:
        found.append(("note", ", ".join(notes)))
    return found


def stance(stance: Stance) -> str:
    """A stance in a line: target, label, and what is known of why."""
    sure = "" if stance.confidence is None else f" ({stance.confidence:.2f})"
    shown = f", shown by “{stance.evidence.text}”" if stance.evidence else ""
    return f"{stance.target}: {stance.label}{sure}{shown}"


def made_by(annotation: Annotation) -> str:
    """Which engine and model an annotation comes from."""
    engine, usage = annotation.engine, annotation.usage
    if engine.ask == "doubts" and usage is not None and not usage.requests:
        return (
            f"the embedded engine; the model {engine.model}, asked about doubts only, was not asked"
        )
    return named(engine)


def named(engine: Provenance) -> str:
    """What an engine is called, with its model."""
    if engine.name != "openai":
        return f"the {engine.name} engine" + (f" ({engine.model})" if engine.model else "")
    reported = engine.model_reported
    answered = f" (answered by {reported})" if reported and reported != engine.model else ""
    about = ", asked about doubts only" if engine.ask == "doubts" else ""
    return f"the model {engine.model or reported or 'of unknown name'}{answered}{about}"


def cost(annotation: Annotation) -> str:
    """What an annotation cost: requests, tokens and price."""
    if annotation.engine.name == "embedded":
        return "no cost, nothing left this machine"
    usage = annotation.usage
    if usage is None:
        return "tokens and price unknown"
    requests = "1 request" if usage.requests == 1 else f"{usage.requests:,} requests"
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    return (
        f"{requests}, {usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out, "
        f"{price(usage)}"
    )


def price(usage: Usage) -> str:
    """A price in US dollars, to two significant digits at least."""
    if usage.cost_usd is None:
        return "price unknown"
    if usage.cost_usd >= 0.1 or not usage.cost_usd:
        return f"${usage.cost_usd:.2f}"
    return f"${usage.cost_usd:.2g}" if usage.cost_usd >= 0.0001 else "less than $0.0001"


def provenance(annotation: Annotation) -> list[Fact]:
    """Where an annotation comes from, to the last hash."""
    engine = annotation.engine
    found = (
        ("engine", engine.name),
        ("model", engine.model),
        ("answered by", engine.model_reported),
        ("prompt", engine.prompt),
        ("prompt SHA-256", engine.prompt_sha256),
        ("schema SHA-256", engine.schema_sha256),
        ("weights SHA-256", engine.weights_sha256),
        ("asked about", engine.ask),
        ("article SHA-256", annotation.article.sha256),
        ("usage", cost(annotation)),
    )
    return [(label, value) for label, value in found if value]
