"""A person found in free text, in every spelling, and taken out; and nobody else."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.fold import fold
from rules.ordinary_words import ORDINARY
from rules.redaction import TOKEN, Aliases, Matcher, redact, redact_html, spellings

OLE = Aliases(
    names=(("Ole Petter", "Hansen"), ("Ole", "Bjørndal")), called=("Olleman",), addresses=("ole.hansen@firma.example", "olehan77@gmail.com"),
    phones=("+4722334455", "+46701234567"), numbers=("K-10234", "1042"), places=("Storgata 5 B", "0155 Oslo"), companies=("Hansen Rørservice",),
)
MATCHER = Matcher(OLE)
BERG = Matcher(Aliases(names=(("Stein", "Berg"),)))


def automatic(text, matcher=MATCHER, **known):
    known = {"near": True, "greeting": True} | known
    return [text[hit.start:hit.end] for hit in matcher.find(text, **known) if hit.automatic]


def review(text, matcher=MATCHER, **known):
    known = {"near": True, "greeting": True} | known
    return [text[hit.start:hit.end] for hit in matcher.find(text, **known) if not hit.automatic]


def automatic_html(markup):
    return [markup[hit.start:hit.end] for hit in MATCHER.find_html(markup, near=True) if hit.automatic]


@pytest.mark.parametrize(("text", "found"), [
    ("til ole.hansen@firma.example i dag", "ole.hansen@firma.example"), ("<OLE.Hansen@Firma.Example>", "OLE.Hansen@Firma.Example"),
    ("ole.hansen+kvittering@firma.example", "ole.hansen+kvittering@firma.example"), ("ole.hansen (at) firma.example", "ole.hansen (at) firma.example"),
    ("ole.hansen [at] firma [dot] example", "ole.hansen [at] firma [dot] example"), ("ole dot hansen at firma dot example", "ole dot hansen at firma dot example"),
    ("mailto:ole%2Ehansen%40firma.example?subject=x", "ole%2Ehansen%40firma.example"), ("?u=ole.hansen%2540firma.example&x", "ole.hansen%2540firma.example"),
    ("ole.\u200bhansen@fir\u00adma.example", "ole.\u200bhansen@fir\u00adma.example"), ("Skriv til ole.hansen@firma.example. Takk", "ole.hansen@firma.example"),
    ("retur+ole.hansen=firma.example@liste.example", "ole.hansen=firma.example"), ("SRS0=a1=b2=firma.example=ole.hansen@videre.example", "firma.example=ole.hansen"),
    ("ole.hansen@\n> firma.example", "ole.hansen@\n> firma.example"), ("_ole.hansen@firma.example_", "ole.hansen@firma.example"),
    ("O.Le.Han77@gmail.com", "O.Le.Han77@gmail.com"), ("E-post:ole.hansen@firma.example", "ole.hansen@firma.example"),
    ("ring 22 33 44 55 nå", "22 33 44 55"), ("+47 22334455", "+47 22334455"), ("0047-22-33-44-55", "0047-22-33-44-55"), ("(+47) 22 33 44 55", "(+47) 22 33 44 55"),
    ("tlf22334455", "22334455"), ("22.33.44.55", "22.33.44.55"), ("22\u00a033\u202f44\u00a055", "22\u00a033\u202f44\u00a055"), ("tel:+4722334455", "+4722334455"),
    ("https://wa.me/4722334455", "4722334455"), ("?t=%2B4722334455", "%2B4722334455"), ("223 34 455", "223 34 455"), ("22 33\n> 44 55", "22 33\n> 44 55"),
    ("070-123 45 67", "070-123 45 67"), ("+46 (0)70 123 45 67", "+46 (0)70 123 45 67"), ("Mobil: 22334455E-post: x", "22334455"),
    ("kunde K-10234", "K-10234"), ("k10234", "k10234"), ("kunde K\r\n> > 10234", "K\r\n> > 10234"), ("22 33\r\n> > 44 55", "22 33\r\n> > 44 55"), ("Kundenr. 1042", "1042"), ("kundenummer: 1042", "1042"),
])
def test_what_is_theirs_alone_goes_everywhere(text, found):
    """Tier 1 (PRIVACY.md 4.3): whoever takes part, in every form in which it is written."""
    assert automatic(text, near=False, greeting=False) == [found]
    assert redact(text, [hit for hit in MATCHER.find(text) if hit.automatic]) == text.replace(found, TOKEN)


@pytest.mark.parametrize("text", [
    "nole.hansen@firma.example", "x.ole.hansen@firma.example", "ole.hansen@firma.example.org", "ole.hansen@annet.example", "hansen@firma.example", "olehan7@gmail.com",
    "122334455", "223344556", "abc22334455def", "ID-a22334455", "22 33 44 56", "XK-10234", "K-102345", "kr 1042", "sak #1042",
])
def test_what_is_nearly_theirs_stays(text):
    """One letter or figure more is somebody else's."""
    assert automatic(text, near=True, greeting=True) == []


@pytest.mark.parametrize("text", ["kr 22 334 455", "22.334.455,50", "22 334 455 kr", "+45 22 33 44 55"])
def test_money_and_numbers_of_another_country_are_looked_at(text):
    """The figures of a phone that are likelier an amount, or that another country's code stands before, do not go by themselves."""
    assert automatic(text) == []
    assert review(text)


@pytest.mark.parametrize(("text", "found"), [
    ("Snakket med Ole Hansen i dag", "Ole Hansen"), ("OLE HANSEN", "OLE HANSEN"), ("hei fra ole hansen", "ole hansen"), ("Hansen, Ole", "Hansen, Ole"),
    ("Hansen, Ole Petter", "Hansen, Ole Petter"), ("Ole Petter Hansen", "Ole Petter Hansen"), ("Ole P. Hansen", "Ole P. Hansen"), ("Ole-Petter Hansen", "Ole-Petter Hansen"),
    ("Olepetter Hansen", "Olepetter Hansen"), ("Ole Hansens bil", "Ole Hansens"), ("Ole Hansen's bil", "Ole Hansen's"), ("Ole\u00a0Hansen", "Ole\u00a0Hansen"),
    ("Ole\nHansen", "Ole\nHansen"), ("> Ole\r\n> Hansen ringte", "Ole\r\n> Hansen"), ("Ole Ha\u00adn\u200bsen", "Ole Ha\u00adn\u200bsen"), ("q=Ole+Hansen&x", "Ole+Hansen"),
    ("q=Ole%20Hansen&x", "Ole%20Hansen"), ("Ole_Hansen.pdf", "Ole_Hansen"), ("ole-hansen", "ole-hansen"), ("OleHansen", "OleHansen"), ("'Ole Hansen' skrev", "Ole Hansen"),
    ("Ole Bjørndal", "Ole Bjørndal"), ("Ole Bjoerndal", "Ole Bjoerndal"), ("Ole Björndal", "Ole Björndal"), ("Ole Bjorndal", "Ole Bjorndal"),
    ("Ole Bjo\u0308rndal", "Ole Bjo\u0308rndal"), ("Ole Bj%C3%B8rndal", "Ole Bj%C3%B8rndal"), (r"Ole Bj\u00f8rndal", r"Ole Bj\u00f8rndal"), ("=?utf-8?q?Ole_Bj=C3=B8rndal?= x", "=?utf-8?q?Ole_Bj=C3=B8rndal?="),
    ("Med vennlig hilsen Ole Hansen", "Ole Hansen"), ("I Oslo. Ole Hansen kom", "Ole Hansen"), ("Fra: Ole Hansen [x]", "Ole Hansen"), ("Storgata 5 B, Oslo", "Storgata 5 B"),
    ("Storgt. 5B", "Storgt. 5B"), ("Hansen Roerservice", "Hansen Roerservice"),
])
def test_a_whole_name_goes_where_the_person_takes_part_and_is_looked_at_elsewhere(text, found):
    """Tier 2 (PRIVACY.md 4.1, 4.3): case, Nordic letters, accents apart, hidden signs, order, initials, genitive, line breaks in quotes."""
    assert automatic(text) == [found]
    assert automatic(text, near=False) == []
    assert found in review(text, near=False)


@pytest.mark.parametrize("text", [
    "Per Ole Hansen", "Karl-Ole Hansen", "Ole Hansen Berg", "Ole Hansen-Berg", "Ole Hansen AS", "Ole Hansens gate 5", "Ole Martin Hansen", "O. Hansen", "O.P. Hansen",
    "Petter Hansen", "Olav Hansen", "Ole Hanssen", "Hansen, Ole og Per", "Berg, Hansen, Ole", "ole.hansen@annet.example", "Ole Bjørndal Hansen Dahl",
    "> og da jeg spurte var det Per\n> Ole Hansen som kom", "> nå har vi flyttet til Ole Hansens\n> gate 5", "fakturaen er fra firmaet Ole Hansen\nAS", "til Ole Hansen\nApS",
])
def test_a_name_that_may_be_somebody_elses_is_looked_at(text):
    """Another name beside it, initials, a short form or another spelling: never by itself, always shown."""
    assert automatic(text) == []
    assert review(text)


@pytest.mark.parametrize(("text", "found"), [
    ("Hei Ole,\n\ntakk for sist", "Ole"), ("Hei, Ole!", "Ole"), ("hej ole,", "ole"), ("Dear Mr. Hansen,", "Hansen"), ("Kjære Kari og Ole,", "Ole"), ("> Hi Ole,\n> x", "Ole"),
    ("Ole,\n\nkan du ringe?", "Ole"), ("Takk.\n\nMvh Ole", "Ole"), ("Takk\n\nMed vennlig hilsen\nOle\nFirma AS", "Ole"), ("x\n\nMed vänliga hälsningar,\n\nOle", "Ole"),
    ("x\n\nBest regards\nOle H.", "Ole H."), ("x\n/Ole", "Ole"), ("Det er greit.\n\nOle\n", "Ole"), ("x\n-- \nOle\nFirma", "Ole"), ("Hei Olleman,", "Olleman"), ("Hei Ole Petter,", "Ole Petter"), ("Hei Ole-Petter!", "Ole-Petter"), ("Tusen takk Ole!", "Ole"), ("Hilsen Ole & Kari", "Ole"), ("Klem fra Ole", "Ole"), ("Ole <ole.hansen@firma.example>", "Ole"),
])
def test_part_of_a_name_goes_only_where_they_are_greeted_or_sign(text, found):
    """Tier 3 (PRIVACY.md 4.3)."""
    assert found in automatic(text)
    if "@" not in text:
        assert automatic(text, greeting=False) == []
        assert automatic(text, near=False) == []
        assert automatic(text, others=("Ole Petter Hansen", "Olleman Lie")) == []
        assert found in review(text, greeting=False)


@pytest.mark.parametrize("text", [
    "Ole ringte i dag", "Jeg traff Hansen på butikken", "Hei Ole Lie,", "Hei Karl-Ole,", "- Ole\n- Kari\n- Per", "Hei, Ole kommer ikke", "Mvh Ole Lie", "Hilsen Hansen AS",
])
def test_part_of_a_name_anywhere_else_is_looked_at(text):
    """A first name or last name in running text, or with another name behind it, never goes by itself."""
    assert automatic(text) == []
    assert review(text)


@pytest.mark.parametrize("text", [
    "Vi gikk på et berg av stein", "bergen, steinene, Steinkjer, Bergen og Lindberg", "en stein\nberg og dal", "Torsdag i Dalen", "stein, berg og sand", "berget",
])
def test_words_of_every_day_are_no_names(text):
    """Ordinary words that look like names, and names within words, are not even shown while they are written small."""
    assert BERG.find(text, near=True, greeting=True) == []


def test_words_of_every_day_with_a_capital_letter_are_only_looked_at():
    """Where a sentence begins with one, or a place is called so."""
    assert automatic("Berg er stengt. Stein er hardt. Se Berg, Stein og Dal.", BERG) == []
    assert automatic("Hei Stein,", BERG) == ["Stein"]
    assert automatic("Hvit Stein Berg.", BERG) == []           # a capital letter before: somebody looks
    assert automatic("ring Stein Berg.", BERG) == ["Stein Berg"]
    assert automatic("laget av stein\nBerg og dal", BERG) == []


@pytest.mark.parametrize("text", ["Carla van der Berg", "van der Berg, Carla", "Carla Van Der Berg", "Carla Berg"])
def test_particles_belong_to_a_last_name(text):
    """And say nothing alone."""
    carla = Matcher(Aliases(names=(("Carla", "van der Berg"),)))
    assert automatic(f"Mvh {text}", carla) == [text]
    assert carla.find("Den van der kjenner av de andre", near=True) == []


def test_short_forms_are_looked_at_where_the_person_takes_part():
    """A nickname that is not held may be anybody's."""
    lars = Matcher(Aliases(names=(("Lars", "Holm"),)))
    assert automatic("Hei Lasse,", lars) == []
    assert review("Snakk med Lasse Holm eller Lasse.", lars) == ["Lasse Holm", "Lasse"]
    assert review("Snakk med Lasse.", lars, near=False) == []


@pytest.mark.parametrize(("markup", "clean"), [
    ("<p>Hei O<b>le</b> Han&shy;sen!</p>", f"<p>Hei {TOKEN}<b></b>!</p>"), ("Ole&nbsp;Hansen", TOKEN), ("Ole Bj&oslash;rndal, Ole Bj&#248;rndal", f"{TOKEN}, {TOKEN}"),
    ('<a href="mailto:ole%2Ehansen&#64;firma.example">skriv</a>', f'<a href="mailto:{TOKEN}">skriv</a>'), ("<img alt='Ole Hansen' src=x>", f"<img alt='{TOKEN}' src=x>"),
    ('<p data-name="Ole Hansen" title=OLEHANSEN>x</p>', f'<p data-name="{TOKEN}" title={TOKEN}>x</p>'), ("<!-- Ole Hansen --><p>x</p>", f"<!-- {TOKEN} --><p>x</p>"),
    ('<script>var who = "Ole Hansen";</script>', f'<script>var who = "{TOKEN}";</script>'), ("Ole<br>\n&gt; Hansen", f"{TOKEN}<br>"),
    ('Ole <a href="mailto:ole.hansen@firma.example" title="&lt;b&gt;">Hansen</a> kom', f'{TOKEN}<a href="mailto:{TOKEN}" title="&lt;b&gt;"> kom'.replace("> kom", "></a> kom")),
    ("<td>22 33</td><td>44 55</td>", f"<td>{TOKEN}</td><td></td>"), ("<p>Ole Hansen", f"<p>{TOKEN}"), ('<p title="Ole Hansen>x', f'<p title="{TOKEN}>x'),
])
def test_html_is_read_across_tags_and_keeps_them(markup, clean):
    """PRIVACY.md 4.2: text split across tags, entities, attributes; every tag stays, in its order."""
    hits = [hit for hit in MATCHER.find_html(markup, near=True) if hit.automatic]
    assert redact_html(markup, hits) == clean
    assert not any(hit.automatic for hit in MATCHER.find_html(clean, near=True))


def test_two_names_are_two():
    """On two lines or beside each other; a company that begins with the last name is none of it."""
    assert automatic("Ole Hansen\nOle Hansen") == ["Ole Hansen", "Ole Hansen"]
    assert automatic("Hilsen\n\nOle Hansen\nHansen AS") == ["Ole Hansen"]


def test_two_paragraphs_are_not_one_name():
    """A list of people holds no names across its lines."""
    assert automatic_html("<div>Ring Satu</div>\n<div>Ole Hansen</div>") == ["Ole Hansen"]
    assert automatic_html("<div>Det som var avtalt i forrige uke med herr Satu</div>\n<div>Ole Hansen er borte</div>") == []
    assert automatic_html("<div>Fra i morgen holder vi til i Ole Hansens</div>\n<div>gate</div>") == []
    assert [hit for hit in MATCHER.find_html("<ul><li>Kari Ole</li><li>Hansen Per</li></ul>", near=True) if hit.automatic] == []


def test_a_user_name_that_is_a_name_goes_only_where_it_is_said_to_be_one():
    """Anywhere else it is the name that it also is."""
    named = Matcher(Aliases(names=(("Ole", "Hansen"),), numbers=("ole",)))
    assert automatic("Brukernavn: ole", named, greeting=False) == ["ole"]
    assert [hit.alias for hit in named.find("Så kom Ole", near=True)] == ["first"]


def test_a_postal_address_in_one_line_is_found_in_its_parts():
    """A whole quarter is for review."""
    living = Matcher(Aliases(places=("Fjellveien 12 C, 1470 Lørenskog",)))
    assert automatic("bor i Fjellvn. 12C nå", living) == ["Fjellvn. 12C"]
    assert automatic("Fjellveien 12 C\n1470 Lørenskog", living) == ["Fjellveien 12 C\n1470 Lørenskog"]
    assert automatic("alle i 1470 Lørenskog", living) == []
    both = Matcher(Aliases(places=("Nygade 47",), phones=("+4797776855",)))
    text = "Nygade 47\n97776855"
    assert [text[hit.start:hit.end] for hit in both.find(text)] == ["Nygade 47", "97776855"]
    assert living.find("Fjellveien 12 eller Lørenskog", near=True) == []


def test_overlapping_hits_are_one():
    """And what is not in any stays."""
    hits = MATCHER.find("Ole Hansen <ole.hansen@firma.example>", near=True)
    assert redact("Ole Hansen <ole.hansen@firma.example>", hits) == f"{TOKEN} <{TOKEN}>"
    assert redact("abcdef", [hits[0]._replace(start=1, end=3), hits[0]._replace(start=2, end=5)], "-") == "a-f"


def test_aliases_survive_being_put_away():
    """And what a later version may have added is no error."""
    assert Aliases.from_json(OLE.as_json()) == OLE
    assert Aliases.from_json({"names": [["Ole", "Hansen"]], "unheard": 1}) == Aliases(names=(("Ole", "Hansen"),))
    assert not Aliases()
    assert Matcher(Aliases()).find("Ole Hansen, 22334455, ole@firma.example") == []


def test_an_index_is_asked_for_what_finds_the_texts():
    """Surnames folded, local parts, ends of phones."""
    asked = spellings(OLE)
    assert {"hansen", "bjorndal", "olleman", "storgata", "rorservice"} <= set(asked.words)
    assert asked.digits == ("234567", "334455")
    assert {"ole.hansen", "olehan77", "k-10234"} <= set(asked.parts)


def test_much_of_nothing_takes_little_time():
    """Texts that are made to be slow: quotes that do not come in pairs, gaps without end, words without end."""
    began = time.process_time()
    for text in ("<a \"" * 30_000, "<!--" * 30_000, "Ole " * 5_000, "Ole\n> " * 5_000, "O. " * 5_000, "22 33 44 5" * 5_000, "ole.hansen@" * 5_000, "a" * 200_000,
                 "%C3" * 50_000, "&amp" * 30_000, "Hansen, " * 5_000, "hei " * 5_000 + "Ole", "Kari og " * 5_000, " " * 100_000, " " * 100_000 + "\n", "'" * 50_000,
                 "ole dot " * 5_000):
        MATCHER.find(text, near=True, greeting=True)
        MATCHER.find_html(text, near=True, greeting=True)
    page = "<p>Hei <b>Ole</b> Hansen</p>" * 4_000
    assert redact_html(page, MATCHER.find_html(page, near=True)).count(TOKEN) == 4_000
    assert time.process_time() - began < 12


PIECES = ("Ole", "Hansen", "Petter", "Bjørndal", "bjo\u0308rndal", "Hansens", "ole.hansen@firma.example", "22 33 44 55", "+47", "K-10234", "Per", "AS", "O.", "H.", "Hei", "Mvh",
          "Storgata 5 B", "\u00ad", "\u200b", "'", "%20", "%C3%B8", "&nbsp;", "<b>", "</b>", "<a title=\"", "\">", "<!--", "-->", "<script>", "=?utf-8?q?Ole?=", TOKEN, "> ",
          "\n", "\r\n", ", ", ",", " ", ".", "-", "\\u00f8", "<", "&#64;", "firma", "Hansen Rørservice", "1042", "kundenr", "olehansen")
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=14).map("".join),
                  st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.booleans(), st.booleans())
@example("K-10234 Ole Hansen", True, True)
def test_any_text_keeps_all_but_the_hits_and_is_done_at_once(text, near, greeting):
    """No text is an error; outside the hits nothing changes; what went does not come back, and nothing more goes a second time."""
    hits = [hit for hit in MATCHER.find(text, near=near, greeting=greeting) if hit.automatic]
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    clean = redact(text, hits)
    kept, at = [], 0
    for hit in hits:
        kept.append(text[at:max(at, hit.start)])
        at = max(at, hit.end)
    assert "".join([*kept, text[at:]]) == clean.replace(TOKEN, "") if TOKEN not in text else True
    assert [hit for hit in MATCHER.find(clean, near=near, greeting=greeting) if hit.automatic] == []


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_markup_keeps_its_tags_and_is_done_at_once(markup):
    """The same for HTML, however broken."""
    hits = [hit for hit in MATCHER.find_html(markup, near=True, greeting=True) if hit.automatic]
    clean = redact_html(markup, hits)
    assert clean.count("<b>") == markup.count("<b>")
    assert [hit for hit in MATCHER.find_html(clean, near=True, greeting=True) if hit.automatic] == []


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(categories=["Ll", "Lu"], max_codepoint=0x17F, exclude_characters="ŉ"), min_size=3, max_size=10),
       st.text(st.characters(categories=["Ll", "Lu"], max_codepoint=0x17F, exclude_characters="ŉ"), min_size=3, max_size=10))
def test_any_name_is_found_in_its_usual_forms(first, last):
    """Whatever letters it has: as held, in capitals, in small letters, turned round, in a quote."""
    assume(not {fold(first), fold(last)} & ORDINARY)
    matcher = Matcher(Aliases(names=((first, last),)))
    for text in (f"{first} {last}", f"{first} {last}".upper(), f"{first} {last}".lower(), f"{last}, {first}", f"{first}\n> {last}"):
        assert any(hit.tier == 2 for hit in matcher.find(f"... {text} ...", near=True)), text


def test_an_address_that_is_taken_for_a_tag_goes():
    """Between brackets that nobody has escaped: a browser shows nothing, and the source still has it."""
    matcher = Matcher(Aliases(names=(("Ole", "Hansen"),), addresses=("ole.hansen@kunde.example",)))
    for markup, less in (("<p>Ask <ole.hansen@kunde.example>.</p>", f"<p>Ask <{TOKEN}>.</p>"), ("<b> <ole.hansen@kunde.example></b> <eva@kunde.example>", f"<b> <{TOKEN}></b> <eva@kunde.example>")):
        assert redact_html(markup, matcher.find_html(markup)) == less


def test_in_pieces_no_word_is_lost():
    whole = Aliases(names=(("Ole", "Hansen"), ("Kari", "Dal")), called=("Olemann",), addresses=("ole@firma.example",), phones=("+4755501277",), numbers=("K-1", "K-2"))
    pieces = whole.parts(3)
    assert [sum(len(value) for value in piece.as_json().values()) for piece in pieces] == [3, 3, 1]
    assert {name: [one for piece in pieces for one in piece.as_json()[name]] for name in whole.as_json()} == whole.as_json()
    assert Aliases().parts(3) == [Aliases()]
