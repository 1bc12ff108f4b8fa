"""What stands between a batch and a model's server: ledger, budget, limits."""
