"""Whether an answer to a mass mail says nothing but that they want no more of it.

In doubt it does not: then it is a ticket as any other, and a person reads it. *Delete me* is more than that, and *cancel my subscription*
may be about what they bought.
"""

from __future__ import annotations

import re

from core.fold import fold


def _folded(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


#: Enough by themselves: English, Norwegian, Danish, Swedish.
STOP = _folded("stop stopp unsubscribe optout avmeld avmelde avmelding afmeld afmelde afmelding frameld framelding avregistrer avregistrere "
               "avregistrera avregistrering afregistrer afregistrere avprenumerera")
LISTS = _folded("list lista listan listen liste newsletter newsletters nyhetsbrev nyhetsbrevet nyhedsbrev nyhedsbrevet utsendelser udsendelser utskick reklame reklam")
#: Only together with one of these.
TOGETHER = {"meld": _folded("av af"), "remove": LISTS, "fjern": LISTS, "opt": _folded("out"), "stoppa": LISTS, "stoppe": LISTS}
#: What may stand around it.
AROUND = LISTS | _folded(
    "please thanks thank you from your the this my me meg mig mailing mail email mails emails takk tak tack vennligst venligst vänligen vær så snill snäll "
    "venlig jeg jag vil vill ønsker önskar i want to fra från med denne dette detta mitt min deres er hei hej hi hello alle alla all epost e post mer mere "
    "more no ingen av af out of off for för å at att")
MOST_WORDS = 8
_WORDS = re.compile(r"[^\W_]+")


def asks_to_stop(text: str) -> bool:
    """``STOP``, ``Avmeld, takk!``, ``please unsubscribe me``; not *stop sending me broken lamps*.

    ``text`` is what the sender wrote, without what they quote. What stands below a line ``-- `` is a signature.
    """
    said = re.split(r"^-- ?$", text, maxsplit=1, flags=re.MULTILINE)[0]
    words = _WORDS.findall(fold(said))
    if not 0 < len(words) <= MOST_WORDS:
        return False
    there = frozenset(words)
    asking = there & STOP or {word for word in there if word in TOGETHER and there & TOGETHER[word]}
    return bool(asking) and all(word in AROUND or word in STOP or word in TOGETHER for word in there)
