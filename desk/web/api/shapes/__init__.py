"""From rows to shapes: each a bounded number of questions to the database, however many rows."""
