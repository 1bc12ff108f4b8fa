"""An archive annotated into one SQLite file: the store, its ledger, the batch, the search."""

import attributor.logs  # noqa: F401  # silent until somebody listens
