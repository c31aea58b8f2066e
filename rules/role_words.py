"""Words that name a desk, a function or a machine and never a human, in the languages of the north."""

from __future__ import annotations

import re
from functools import lru_cache

from core.fold import fold

#: A name that has one of these is nobody's name.
_ROLES_WORDS = """
support helpdesk servicedesk customercare kundeservice kundesenter kundestotte kundsupport kundtjänst kundtjenst
kundeservise kundendienst kundenservice brukerstotte asiakaspalvelu service servicecenter servicesenter servicecentre
noreply donotreply mailerdaemon postmaster webmaster hostmaster abuse mailer daemon newsletter nyhetsbrev nyhedsbrev
nyhetsbrevet news notification notifications notifikasjon varsling varsel alert alerts system automatic automatisk
automat robot bot
reception receptionen resepsjon resepsjonen reception rezeption sentralbord sentralbordet omstilling omstillingen växel
växeln switchboard frontdesk forvaerelse
bogholderi bogholderiet regnskap regnskapsavdelingen okonomi okonomiavdelingen ekonomi ekonomiavdelningen ekonomiavdelning
regnskab okonomiafdelingen buchhaltung accounting accounts finance faktura fakturor fakturamottak fakturering invoice
invoices billing payroll lonn loner lonningskontor lonnsavdelingen bokforing
salg salgsavdelingen salgsafdelingen sales försäljning försäljningsavdelningen verkauf vertrieb order orders ordre
bestilling bestillinger beställning innkjop innkjopsavdelingen indkob inkop purchasing einkauf einkjop
admin administration administrasjon administrasjonen administrator forvaltning verwaltung sekretariat sekretariatet
kontor kontoret kontoret office buro buero contor
info information informasjon kontakt contact postmottak postmaster mottak firmapost hovedkontor
drift driftsavdelingen itavdelingen itafdelingen itavdelning itdrift helpdesken servicedesken edb itsupport itdepartment
marketing markedsforing markedsavdelingen marknad marknadsavdelningen personal personalavdelingen personaleafdelingen
rekruttering rekrytering recruiting jobb karriere career
lager lageret warehouse logistik logistikk spedition forsendelse ekspedition ekspedisjon verksted verkstedet vaerksted
vaerkstedet verkstad verkstaden werkstatt workshop teknikk teknik technik vedlikehold vedligehold underhall
booking bookings reservasjon reservation bokning bokningen presse media styret bestyrelsen styrelsen direksjonen
team teamet crew staff group gruppen avdeling avdelingen afdeling afdelingen avdelning avdelningen department abteilung
scanner printer skriver kopimaskin xerox fax voicemail
"""
ROLES = frozenset(fold(word) for word in _ROLES_WORDS.split())

#: Nobody's name where nothing else stands beside it.
_ALONE_WORDS = "hr it post lager info mail e-post epost"
ALONE = frozenset(_ALONE_WORDS.split())

#: Two words that are one in :data:`ROLES`, or that stand beside others: ``IT Support``, ``no reply``.
_JOINED = re.compile(r"\b(no|do[\s_.-]not|donot|mailer|customer|help|service|front|it)[\s_.-]+(reply|daemon|care|desk|support|avdelingen|afdelingen|avdelning|drift)\b")

#: What companies end with. Not folded: Kari Ås is no company.
_COMPANIES_WORDS = """
as asa ans enk nuf ks aps a/s i/s p/s k/s ivs amba ab hb kb oy oyj ehf ltd limited llc llp inc plc corp gmbh kg bv sarl srl
"""
COMPANIES = frozenset(_COMPANIES_WORDS.split())


@lru_cache(maxsize=4096)
def is_role(name: str) -> bool:
    """Whether a name is a function's or a machine's rather than a human's."""
    folded = _JOINED.sub(lambda found: re.sub(r"[\s_.-]", "", found[0]), fold(name))
    return folded in ALONE or any(word in ROLES for word in re.findall(r"[^\W_]+", folded))


def is_company(name: str) -> bool:
    """Whether a name ends as companies do: ``Nordlys AS``, ``Kunde ApS``, ``Havgaard A/S``."""
    told = name.casefold().replace(".", "").strip(" ,").split()
    return len(told) > 1 and told[-1] in COMPANIES
