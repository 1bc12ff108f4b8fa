"""What a small pretrained encoder says of an article's words, for the embedded engine to weigh."""
