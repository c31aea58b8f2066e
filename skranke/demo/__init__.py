"""A desk to try: people, companies and real letters, all invented."""
