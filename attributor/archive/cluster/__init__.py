"""Workers of a Dask cluster, or processes here, that take a batch's articles further.

    connect -> driver -> tasks -> worker; one process alone writes the store

Nothing else in the house needs this folder: see docs/decisions/0006-dask.md.
"""
