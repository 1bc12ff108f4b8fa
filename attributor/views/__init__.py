"""What a person or a program sees of an Annotation."""
