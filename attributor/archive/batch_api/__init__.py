"""Requests that are answered by the Batch API, within a day and at half the price.

    desk -> outboxes -> carrier -> server -> carrier -> desk

`submissions` is what the store knows of it, `tuning` the numbers by which it is used.
"""
