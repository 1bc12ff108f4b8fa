"""Fixtures that tests of several rooms use: a plug-in of pytest's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from attributor.embedded import readers
from support import scripted_server
from support.scripted_server import Server


@pytest.fixture(autouse=True)
def light(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No encoder reads, installed or not, except where a test is marked `installed_encoder`."""
    if request.node.get_closest_marker("installed_encoder") is None:
        monkeypatch.setattr(readers, "installed", lambda: None)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that answers what the test tells it to."""
    with scripted_server.opened() as server:
        yield server
