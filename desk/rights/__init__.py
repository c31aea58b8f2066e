"""The rights desk: what persons ask of us by the GDPR, as cases with a clock, a check of who asks, a decision, and proof."""
