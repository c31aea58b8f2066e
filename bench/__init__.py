"""Measurements of the desk and of its peers, with one harness and one corpus: ``python -m bench``."""
