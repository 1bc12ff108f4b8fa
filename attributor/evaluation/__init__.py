"""How right an engine is: gold, predictions, and what the one says about the other.

`read_gold` and `read_predictions` read files, `compare` lays one article's quotes side by side,
`evaluate` gives the figures with their intervals, and `report` and `page` show them.
"""
