"""What every test shares: examples that are the same on every run, and the fixtures of support."""

from __future__ import annotations

import hypothesis
import pytest

pytest.register_assert_rewrite("support")

pytest_plugins = ["support.fixtures"]

hypothesis.settings.register_profile("attributor", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("attributor")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever begins processes of the program is slow."""
    for item in items:
        if "forker" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
