"""Where speakers stand, without a model: word lists, a codebook's examples, proposed targets."""
