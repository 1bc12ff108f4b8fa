"""What every test shares: examples that are the same on every run."""

from __future__ import annotations

import hypothesis

hypothesis.settings.register_profile("attributor", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("attributor")
