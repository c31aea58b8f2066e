"""System mails: our words in four languages, an admin's words in their place, filled safely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused, Unknown
from core.options import LANGUAGES
from core.rendering import TEMPLATES
from desk.system_mails import MAILS
from desk.wording import Text, check, choose, fill, languages_of, ours, preview, render, wording_of
from tests.outgoing import a_mailbox

GIVEN = {"name": "Kari", "number": "#7", "subject": "Lamp <b>{name}</b>", "mailbox": "Support"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAILS)
def test_every_mail_renders_in_every_language(db, name, language):
    made = preview(db, name, language, a_mailbox(db), Text("", ""))
    assert made.subject
    assert "\n" not in made.subject
    for part in (made.text, made.html):
        assert "{" not in part.replace("{ ", "").split("</style>")[-1]
    assert f'<html lang="{language}">' in made.html


def test_mails_and_template_folders_are_the_same():
    assert set(MAILS) == {path.name for path in (TEMPLATES / "mail").iterdir() if path.is_dir()}


@pytest.mark.parametrize("name", MAILS)
def test_our_words_may_be_saved_as_they_are(name):
    check(name, ours(name, "en"))


def test_values_are_escaped_in_html_and_plain_in_text(db):
    made = render(db, "acknowledgement", "en", None, **GIVEN)
    assert "<b>" not in made.html
    assert "Lamp &lt;b&gt;" in made.html
    assert "Lamp <b>" in made.subject


def test_a_mail_without_subject_is_called_so(db):
    made = render(db, "acknowledgement", "nb", None, **GIVEN | {"subject": ""})
    assert made.subject == "Vi har mottatt henvendelsen din: (uten emne)"


def test_own_words_take_the_place_of_ours(db):
    support, sales = a_mailbox(db), a_mailbox(db, "sales@desk.example")
    choose(db, "acknowledgement", "en", None, Text("", "Desk: {subject}"))
    choose(db, "acknowledgement", "en", support, Text("Got {number}", "Support: {subject}\n\nSee https://a.example/?a=1&b=2"))
    made = render(db, "acknowledgement", "en", support, **GIVEN)
    assert made.subject == "Got #7"
    assert made.text.startswith("Support: Lamp <b>{name}</b>\n")
    assert "<p>Support: Lamp &lt;b&gt;{name}&lt;/b&gt;</p>" in made.html
    assert '<a href="https://a.example/?a=1&amp;b=2">' in made.html
    inherited = render(db, "acknowledgement", "en", sales, **GIVEN)
    assert inherited.text == "Desk: Lamp <b>{name}</b>\n"
    assert inherited.subject == "We have received your request: Lamp <b>{name}</b>"
    assert "Thank you" in ours("acknowledgement", "en").body
    assert "Desk" not in render(db, "acknowledgement", "nb", sales, **GIVEN).text
    assert languages_of(db, "acknowledgement", support) == {"en"}


def test_empty_words_go_back_to_ours(db):
    choose(db, "acknowledgement", "en", None, Text("A", "B"))
    choose(db, "acknowledgement", "en", None, Text(" ", ""))
    assert wording_of(db, "acknowledgement", "en", None) is None


@pytest.mark.parametrize(("text", "field"), [
    (Text("{surname}", ""), "subject"), (Text("", "{link}{__class__}{evil}"), "body"), (Text("x" * 201, ""), "subject"),
    (Text("", "x" * 10_001), "body")])
def test_what_cannot_be_filled_is_refused(db, text, field):
    with pytest.raises(Refused) as refused:
        choose(db, "acknowledgement", "en", None, text)
    assert list(refused.value.errors) == [field]


def test_mail_that_needs_its_link_keeps_it(db):
    with pytest.raises(Refused, match=r"Without \{link\}"):
        choose(db, "password_reset", "en", None, Text("", "Somebody asked."))
    choose(db, "password_reset", "en", None, Text("Password", ""))


def test_unknown_mail(db):
    with pytest.raises(Unknown):
        choose(db, "invoice", "en", None, Text("", ""))


@given(st.text(), st.text())
def test_filling_never_fails_and_fills_once(text, value):
    assert fill("{name}", {"name": value}) == value.strip()
    fill(text, {})
