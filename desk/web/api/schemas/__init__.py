"""The shapes of the API, as pydantic models: what is taken, what is given, and the document of both."""
