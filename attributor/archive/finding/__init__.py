"""What a user asks a store: searches, its status, comparisons of runs, exports."""
