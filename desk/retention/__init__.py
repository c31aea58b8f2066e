"""Retention (PRIVACY 1, Article 5(1)(e)): a rule for a class of data, who and what falls due by it, the nightly plan, and when somebody will be deleted."""
