"""Erasing a person (PRIVACY section 2-4): found everywhere, foreseen, done in steps that may be repeated, and proven."""
