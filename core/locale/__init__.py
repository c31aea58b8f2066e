"""The catalogues: one ``.po`` file a language, kept up with the source by ``python -m core.locale.update``."""
