"""Fixtures that tests of several rooms use: a plug-in of pytest's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support import scripted_server
from support.scripted_server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that answers what the test tells it to."""
    with scripted_server.opened() as server:
        yield server
