"""attributor: who said what, in which words, and where do they stand?"""

__version__ = "0.1.0"
