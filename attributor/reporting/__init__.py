"""The grammar of reporting: whose clause a cue stands in, and what that clause reports."""
