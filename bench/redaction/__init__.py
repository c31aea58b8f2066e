"""How well a person is found in free text and taken out of it: generated letters in four languages, with where they are named."""
