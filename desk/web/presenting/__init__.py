"""Records as templates want them: plain mappings, filled with a bounded number of questions to the database."""
