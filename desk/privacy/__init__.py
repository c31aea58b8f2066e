"""What a person may know and take along: the privacy report (GDPR, Article 15) and the portable copy (Article 20)."""
