"""`attributor schema`: the output format as a JSON Schema."""

from __future__ import annotations

import click

EXAMPLES = """\b
Example:
  attributor schema > annotation.schema.json
"""


@click.command(epilog=EXAMPLES, short_help="Print the JSON Schema of the output.")
def schema() -> None:
    """Print the JSON Schema of what the formats json and jsonl hold."""
    import json

    from attributor.records import Annotation

    click.echo(json.dumps(Annotation.model_json_schema(mode="serialization"), indent=2))
