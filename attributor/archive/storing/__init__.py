"""What an archive was annotated into: the store, and how articles and annotations get there."""
