"""A web site to fetch pages from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support import web_site
from support.web_site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with web_site.opened() as site:
        yield site
