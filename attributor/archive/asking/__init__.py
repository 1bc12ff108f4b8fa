"""Where requests are answered: the ledger, the budget, the limits, and the desks."""
