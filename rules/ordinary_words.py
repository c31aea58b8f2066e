"""Words of every day that are names too, and words beside a name that are none: what keeps a mountain from being taken for Mr Berg."""

from __future__ import annotations

from core.fold import fold

#: Names that are words of every day in Norwegian, Danish, Swedish or English: written small they are no name.
_WORDS = """
berg berget bakke bakken bakk dal dalen dahl stein sten stene sol sole bo by byen eng enge engen vik viken vika haug haugen hauge lund lunden lie li lia lien mai maj maja
bjørn björn tor tord dag dagen odd liv livet tone toner siv ask aske ravn ulv ulven stig sti ro roe rose hope grace may june april august juli juni mark marken marker will
bill art frank rich jack bob pat sue van ray dean grant chase hunter young king bush brown white black green wood woods stone field fields hill hills
rivers moe mo moen vold voll hagen hage strand stranden holm holmen sand sande myr myra myhre nes ness foss fossen elv elva elven å ås åsen aas øy øya øyen bø bue rud ek eken lind
linden ström strøm strømmen sjö sjø sjøen åker åkeren äng björk bjerk bjørk ros roser kvist skog skogen blom blomst frid fred frisk modig stark sterk rask ung lång lang stor store
lille krog kjær bæk bro broen bru brun brunn toft ager holt hede heden dam dammen møller smed smeden smith carpenter jul per jo ja si la de du an
else ane gro ove rune vår vaar finn fin klara klar saga alva trygg trygge oda stål staal svan svane hjort falk falken gran furu rust kant hans ken don drew mike nick rob
penny ivy lily olive ruby pearl amber faith joy norm guy gene miles price long short little read page bell ball cook baker ford day love gay bond
banks marsh moss reed park parken parks lane street church west north east vest nord sør syd øst øster vester sand stark krone krona hall hallen kirke kirken prest
presten bonde bonden greve konge kongen kung ridder major general berge tveit rød röd grøn grön hvid vit svart blå viking vinter sommer høst frost snø is
storm regn skov vang vangen mose mosen kilde kilden kolle kollen topp toppen rast dyrlæge kramer beck sander even
ester iris viola hav havet sund sundet bank banken fjell fjellet fjeld heim hus huset gård gården gaard rum rom
norden borg borgen slot plass lys lyse gave nåde håp tro vilje sann glad in do go no so din min sin vi van
"""
ORDINARY = frozenset(fold(word) for word in _WORDS.split())

#: May stand right before a name, with a capital letter, and be none.
_BEFORE_WORDS = """
hei heisann hej hejsan hallo hallå halla halloen hello hi hey dear kjære kære kära käre bäste bästa morn god goddag tjena tjenare takk tak tack thanks thank hilsen hilsner mvh vh bh kh mh
hälsningar hälsning vänligen vennligst regards br rgds best cheers sincerely yours faithfully fra från from til till to for for av af by med med with cc kopi
att attn v/ c/o ved hos og och and eller or men but at da når nu nå now ja nei nej no yes hvis om if jeg jag i vi we du ni de dem den det der
herr hr fru frk fröken mr mrs ms miss dr dr. prof ing sir adv advokat direktør direktör director sjef chef manager leder ledare kunde kunden kund customer client bruker brugeren brugere användare user
kollega kollegaen colleague kontakt kontaktperson contact navn namn name avsender afsender avsändare sender mottaker modtager mottagare recipient
signert undertegnet underskrevet signed skrevet skrev wrote written sendt skickat sent ringt ringte ring call called spør spurgt fråga ask svar
svart answer kan kunne kunde could can har have har hadde havde hade had er är is var was vil vill vil would will skal ska shall must må måste snakket talte
talade spoke møtte mødte träffade met så saw hørte hørt hei, since siden sedan etter efter after før innan before ifølge ifølge enligt according både begge som
as like blant ikke inte not også også också also bare kun bara only hvor var where hvem vem who hva hvad vad what hvorfor varför why this that dette denne
denna detta these her här here dessverre desværre tyvärr vennlig venlig vänlig beste bedste fakturaen faktura invoice avtale aftale avtal
"""
BEFORE = frozenset(fold(word) for word in _BEFORE_WORDS.split())

#: May stand right behind a name, with a capital letter, and be none.
_AFTER_WORDS = """
tlf tel telefon mob mobil mobile phone fax epost e-post email e-mail mail skrev wrote sendte sendt sent den på on at og och and jeg jag i vi we
direktør direktör director sjef chef manager leder ledare daglig rådgiver rådgivare konsulent adv ceo cto cfo coo phd msc mba jr sr
"""
AFTER = frozenset(fold(word) for word in _AFTER_WORDS.split())

#: Behind a name in the genitive these make a place or an institution of it: Ole Hansens gate.
_PLACES_WORDS = """
gate gata gaten gt gade gaden gatan gränd vei veien veg vegen vej vejen väg vägen plass plassen plads pladsen plats platsen torg torv torget torvet allé alle street
road square park skole skolen skola skolan legat stiftelse fond minde minne hus
"""
PLACES = frozenset(fold(word) for word in _PLACES_WORDS.split())
