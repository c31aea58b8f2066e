"""Short and everyday forms of first names in Norwegian, Danish, Swedish, Finnish and English.

A name may stand in several groups: ``Kris`` is short for Kristian, Kristoffer and Kristin. Written by how the forms are
spelled in each country; how they sound is :mod:`rules.sounds`'s business.
"""

from __future__ import annotations

from functools import lru_cache

from rules.sounds import sound

GROUPS = """
alexander alex aleksander sander aleksi alek lex xander sasha
alexandra alex sandra sandy aleksandra lexi sasha
alfred alf fred
amanda mandy
anders andreas andrew andy antti andi
andrea andy
anna anne ann ane anni annika anita anniken ania anja
antonius anton anthony tony toni antoni antonio
arne arnold arni
arthur artur art
asbjorn asbiorn
astrid asta assa
august auggie gusten
augusta gusta
bartholomeus bart barth
benedikt ben benny bent bengt
beniamin benjamin ben benny
bernhard bernt bernie bernt
birgitta birgit birgitte birgita gitte gitta gittan berit brit britt britta
bjorn bjarne bear
carl karl kalle charles charlie kaarlo calle carlos
caroline karoline karolina carolina lina line caro karo
catherine katarina katrine kathrine kathrin katrin kate katie cathy cat kaja kari karin karen trine trina kati katja kaisa kajsa katariina
cecilie cecilia silje sissel sessa cissi sille
charlotte lotte lotta lottie charlie
christian kristian kris chris kristen krister christer kristjan
christina kristina kristin kristine kirsten kirsti kirstin kerstin stina stine tina kris chris christine kia kiki
christopher kristoffer kris chris toffe stoffer kristofer risto christoffer topher
daniel dan danny danne
dagfinn dag finn
david dave davy tavi
dorothea dorte dorthe dorte thea tea dora dorotea
edmund eddie ed ed
edvard edward eddie ed ted eddy
einar eino
eleonora eleanor ellinor elinor nora ella ellen nelly
elisabet elisabeth elizabeth elise elsa else lisa lise lisbeth lisbet lis liz beth betty eli ellis ilse liisa elin lisabet elspeth bettina
emanuel manne manu manuel
emilie emilia emily emmy milla mille emelie milly
emma emmy
erik eric eirik erkki eerik eero erling
erika erica rikke rika
ester esther
eva eve evy
evelina evelyn eve lina
ferdinand fredi ferdi
fransiska francisca siska fanny sisse
frans francis frank franz
fredrik frederik fred freddy frits friedrich fredrick rikard frederick
fredrika frederikke rikke fredrikke
gabriel gabi gabe gabbe
gabriella gabriela gabby ella gabi
georg george jorgen jurgen jorn goran orjan yrjo jiri
gerhard gert gerd
gertrud trude gerd truls
gottfrid gottfried fritjof
gregor gregers greger greg gregory
gudrun guro gunn
gunnar gunder
gunhild gunn gunilla gunnel
gustav gustaf gosta kustaa gus
hallvard halvard halvor
hanna hanne johanna joanna johanne hanni jonna
hans johannes johan john jan jon jens hannes hannu juhani juhana johnny jack jussi jukka juha janne jonny jone jo ivan ian
harald harry harold harri
hedvig hedda hedvik
helena helene elena ellen lena lene elin eline eli hella leena helen
henrik henry hendrik henning harry heikki rikard henri hank hinrik
henriette henrietta jette etta henny jetta
herman hermann
hildegard hilde hilda
hilde hilda
ingeborg inge inga bo ingebjorg borghild
ingrid inga inger inge inkeri
ingvar ingvald yngvar
isabella isabel isabelle bella isa belle
isak isaac iisakki
jakob jacob jaakko jeppe james jim jimmy ib jaska jake
janet janne jane
joakim joachim jokke kim jocke jochum
jonatan jonathan jon
josef joseph joe sepp jose jossi
josefine josephine josefina fine fina
julia julie juli jull
julius juul
kaspar kasper casper jesper jasper
katarina kaja
kenneth ken kenny kent kennet
klara clara
klaus claus klas claes niklas nikolai klaas nicolas nicolai nikolaj niels nils nicholas nick nicklas klavs niilo nico niko nicklas
knut knud
konrad conrad kurt
kornelius cornelius nils kees
kristiane christiane
lars laurits lauritz lasse laurentius larry lorens lauri lorentz lari laurent
laura laila lauritsa
leif leiv
leonard leonhard leo lennart len
lilian lilly lillian lily lilli
lorentz lasse
louise lovisa lovise luise lou loviisa
ludvig ludvik lutz louis luis lewis
mads mats mathias matthias matias matti matt mathis matheus mattis matthew madts mattias
magdalena magda malene malena lena madeleine madeline malin magdalene marlene leni
magnus mogens mans mange mons manus
malte malthe
margareta margaret margrethe margrete grete greta grethe marit merete merethe meta mette maret margit maggie meg peggy marita marjatta reetta rita gretha margarethe
maria marie mari mary mia maja maria maiken molly maaria may marianne ria marika maj
mariann marianne
marius mario
markus marcus mark marc
martin morten marty mårten martti maarten marten
martina martine tina
matilde mathilda matilda mathilde tilda tilde thilde
maximilian max maks
michael mikael mikkel mikko mike mick mickey mika miguel mikal misja michel micke michal mikaela
mikaela michaela mia
nathaniel nathan nat
nikoline nicoline line
nina ninni
oddvar odd
olaf olav ole oluf olof ola olle olavi olli uolevi
olivia liv livia
oskar oscar
otto ottar
patrick patrik pat paddy
paul pal paal paavo povel poul pauli pål pol
paulina pauline paula line
pernille pernilla petronella nella nille
peter petter per peder pekka pelle pete petri peer pär pietari petteri
philip filip phil fille
rakel rachel
ragnhild ragna
rebekka rebecca becky bekka becca
richard rikard rick dick rich rickard
robert bob rob bobby bobbi robban roope robin
roland rolle
rudolf rolf ralf rudi ralph ruud
samuel sam sammy samu
sara sarah sally sari
sebastian basse seb bastian basti
sigmund simen
sigrid siri sirid sigri
sigurd sjur siver sivert
simon simen
sofie sofia sophie sophia fia fie soffi sofi
solveig solvi solvej solvig
sonja sonia
stefan steffen stephan steven steve stephen staffan tapani steph teppo
stefanie stephanie steffi
susanne susanna sanne sanna susan sussi sue susie sus
svein sven svend swen
sverre sverri
teodor theodor theodore teo theo ted teddy
terese therese teresa theresa tess tessa resi
tobias tobbe tobi toby
tomas thomas tom tommy tuomas tuomo tommi
torbjorn thorbjorn torben thorben tobbe tore tor
torleif torleiv tollef
tore tor thor thore
torstein torsten thorsten torkel tosten
ulrik ulrich ulf uli
ulrika ulrikke ulla rikke
valdemar waldemar valter volmer
valter walter wolter
veronica veronika vera roni
viktor victor vic vicke
viktoria victoria vicky tori vickan
vilhelm william will bill billy wilhelm wille ville willy villads wiljam viljam liam
vilhelmina mina minna vilma helmi
vivian vivi
"""


@lru_cache(maxsize=1)
def _table() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in GROUPS.strip().splitlines():
        group = {sound(name) for name in line.split()}
        for one in group:
            found.setdefault(one, set()).update(group)
    return {one: frozenset(others - {one}) for one, others in found.items()}


def others(heard: str) -> frozenset[str]:
    """How else somebody may be called whose first name sounds so; sounds too, and not the one given."""
    return _table().get(heard, frozenset())
