"""Requests that are answered by the Batch API, within a day and at half the price.

    desk -> outboxes -> carrier -> server -> carrier -> desk

`submissions` notes in the store what the server has; `tuning` has times and sizes.
"""
