"""Where everybody can have an address: the largest providers in the world, and those of the Nordics and their neighbours.

Such a domain tells no company, and two people who write from it have nothing in common.
"""

from __future__ import annotations

_FREE_MAIL_WORDS = """
gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com live.co.uk msn.com passport.com windowslive.com
yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es ymail.com rocketmail.com icloud.com me.com mac.com aol.com
aim.com gmx.com gmx.net gmx.de gmx.at gmx.ch web.de t-online.de freenet.de arcor.de posteo.de mailbox.org mail.de
mail.com email.com mail.ru inbox.ru list.ru bk.ru yandex.com yandex.ru proton.me protonmail.com pm.me protonmail.ch
tutanota.com tutanota.de tuta.io tuta.com zoho.com zohomail.eu fastmail.com fastmail.fm hushmail.com hey.com duck.com
mailfence.com runbox.com runbox.no startmail.com qq.com 163.com 126.com sina.com naver.com rediffmail.com
orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it alice.it tiscali.it wp.pl o2.pl onet.pl interia.pl
seznam.cz centrum.cz azet.sk abv.bg inbox.lv mail.ee hot.ee ukr.net i.ua bluewin.ch btinternet.com virginmedia.com
sky.com ntlworld.com talktalk.net comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
hotmail.no live.no outlook.no yahoo.no online.no broadpark.no getmail.no frisurf.no start.no c2i.no lyse.net altibox.no
altiboxmail.no nextgentel.no ebnett.no sensewave.com chello.no bluezone.no tele2.no epost.no combitel.no haugnett.no
loqal.no enivest.net eidsiva.net powertech.no tronderenergi.no
hotmail.se live.se outlook.se yahoo.se telia.com home.se spray.se bredband.net bredband2.com comhem.se swipnet.se
tele2.se passagen.se glocalnet.net algonet.se ownit.nu bahnhof.se bostream.nu telenor.se brevet.se tiscali.se
hotmail.dk live.dk outlook.dk yahoo.dk mail.dk stofanet.dk jubii.dk ofir.dk mail.tele.dk tdcadsl.dk get2net.dk
post.tele.dk webspeed.dk privat.dk privatpost.dk email.dk youmail.dk city.dk sol.dk vip.cybercity.dk cybercity.dk
adslhome.dk fibermail.dk esenet.dk energimail.dk nrgimail.dk waoomail.dk profibermail.dk c.dk pc.dk oncable.dk
hotmail.fi live.fi outlook.fi luukku.com kolumbus.fi elisanet.fi saunalahti.fi pp.inet.fi inet.fi netti.fi suomi24.fi
welho.com surffi.fi phnet.fi dnainternet.net nic.fi
simnet.is internet.is visir.is hive.is mi.is olivant.fo post.olivant.fo greennet.gl
"""
FREE_MAIL = frozenset(_FREE_MAIL_WORDS.split())


def is_free_mail(domain: str) -> bool:
    """Whether everybody can have an address at this domain (as it is matched: small letters)."""
    return domain in FREE_MAIL
