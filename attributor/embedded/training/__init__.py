"""How the embedded engine learns: gold in, a file of weights out."""
