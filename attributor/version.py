"""The version, where the bottom of the house can reach it."""

__version__ = "0.1.0"
