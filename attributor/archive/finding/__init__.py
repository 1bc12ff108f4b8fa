"""What a store is asked: searches, reports, comparisons, exports."""
