"""An encoder for attributor's embedded engine, and the weights that read with it; see README.md."""
