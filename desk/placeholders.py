"""Words in braces that a mail to many has the person's own in place of: ``{first_name}``, or ``{first_name|you}`` where nothing may be known."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.i18n import N_
from core.i18n import gettext as _

#: What stands in braces → what it means, and what stands there where nothing is known and the text says nothing else.
WORDS = {"first_name": (N_("the first name"), N_("customer")), "last_name": (N_("the last name"), N_("customer")),
         "name": (N_("the whole name"), N_("customer")), "company": (N_("the company they work at"), N_("your company"))}
_PLACEHOLDER = re.compile(r"\{([a-z_]+)(?:\|([^{}\n]*))?\}")


def unknown_words(text: str) -> str:
    """What is wrong with the words in braces; empty where nothing is."""
    unknown = sorted({found[1] for found in _PLACEHOLDER.finditer(text)} - set(WORDS))
    return _("There is nothing to put in for {%(name)s}. You may write: %(known)s.", name=unknown[0],
             known=", ".join(f"{{{word}}}" for word in WORDS)) if unknown else ""


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known in its places, once: braces in a name stay as they are."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or (found[2] if found[2] is not None else _(WORDS[found[1]][1])), text)
