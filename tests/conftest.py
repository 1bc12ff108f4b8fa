"""What every test shares: examples that are the same on every run, and the fixtures of support."""

from __future__ import annotations

import hypothesis
import pytest

pytest.register_assert_rewrite("support")

pytest_plugins = ["support.fixtures"]

hypothesis.settings.register_profile("attributor", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("attributor")
