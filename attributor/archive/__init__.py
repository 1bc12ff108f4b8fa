"""An archive annotated into one SQLite file: the store, its ledger, the batch, the search."""
