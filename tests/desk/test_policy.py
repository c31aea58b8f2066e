"""The book of rules in force: what it decides about mail that comes, its versions, and taking decisions back."""

import pytest
from sqlalchemy import func, select

from contacts.address import Holding
from contacts.addressing import holdings_of
from contacts.company import Category, Company, CompanyDomain, ServiceLevel
from contacts.person import Person
from core.errors import Conflict, Refused
from core.history import FactRow
from core.options import set_option
from desk.blocking import block
from desk.inbound import InboundMail
from desk.matching import last_30_days
from desk.policy import policy, save_policy, with_rule_for
from desk.tickets.deciding import change_requester
from desk.tickets.recipients import answer_to
from desk.tickets.ticket import Ticket
from desk.tickets.undeciding import Before, always, block_sender, remember, undo
from rules.book import RuleBook
from tests.desk.test_intake import person, persons
from tests.letters_made import mail


def rule(act, **when):
    return {"when": when, "then": {"act": act}}


def kinds(db):
    return list(db.scalars(select(FactRow.kind).order_by(FactRow.id)))


@pytest.mark.parametrize(("act", "became", "made"), [
    ("create", ("open", "created"), 1), ("ask", ("open_held", "asked"), 0), ("never", ("open", "none"), 0),
    ("spam", ("open_quiet", "none"), 0), ("set_aside", ("set_aside", "none"), 0)])
def test_the_next_mail_obeys_a_rule(arrive, db, jonas, act, became, made):
    """S81a, S84: what the rule says goes before the choice, and the ledger keeps which rule it was."""
    set_option(db, "intake.unknown_sender", "ask" if act == "create" else "create")
    rules = save_policy(db, [rule("never", senders=["@other.example"]), rule(act, senders=["kunde.example"])], {}, by=jonas).rules
    got = arrive(mail("Ole Vang <ole@kunde.example>"))
    assert (got.verdict["act"], got.verdict["person"]) == became
    assert persons(db) == made and got.row.policy_rule == rules[1].id
    if got.ticket is not None:
        told = got.ticket.verdict["policy"]
        assert (told["version"], told["sentence"]["with"]["number"]) == (1, 2)
    assert last_30_days(db, [r.id for r in rules] + ["else"]) == {rules[0].id: 0, rules[1].id: 1, "else": 0}


def test_without_rules_the_choice_decides_and_is_counted(arrive, db):
    assert arrive(mail()).row.policy_rule == "else"
    known = arrive(mail(subject="Again"))
    assert known.row.policy_rule is None and known.row.clues["sender"] == "known"
    assert last_30_days(db, ["else"]) == {"else": 1}


def test_a_rule_gives_what_it_says_to_whom_it_creates(arrive, db, jonas, nora):
    """What a new person gets: the rule's own, before everybody's, before the company's."""
    gold, silver, customer = ServiceLevel(name="Gold", priority=1), ServiceLevel(name="Silver", priority=2), Category(name="Customer")
    company = Company(name="Kunde AS", sort_name="kunde")
    db.add_all([gold, silver, customer, company])
    db.flush()
    company.our_contact_id = nora.id
    db.add(CompanyDomain(domain="kunde.example", company_id=company.id))
    save_policy(db, [{"when": {"known_company": True}, "then": {"act": "create", "service_level": gold.uid, "support_contact": nora.uid}}],
                {"service_level": silver.uid, "category": customer.uid}, by=jonas)
    one = arrive(mail("Ole Vang <ole@kunde.example>")).ticket.requester
    assert (one.service_level_id, one.category_id, one.support_contact_id, one.our_contact_id) == (
        gold.id, customer.id, nora.id, nora.id)
    assert one.employments[0].company_id == company.id
    assert one.created_why.startswith("Wrote to Support, where rule 1 of version "), "S7: the rule, not the choice"
    other = arrive(mail("kari@other.example")).ticket.requester
    assert other.service_level_id == silver.id
    assert other.created_why == "Wrote to Support, which makes a person of everybody who writes."


def test_a_rule_for_a_domain_lets_no_blocked_address_in(arrive, db, jonas):
    save_policy(db, [rule("create", senders=["@kunde.example"])], {}, by=jonas)
    block(db, "ole@kunde.example")
    got = arrive(mail("ole@kunde.example"))
    assert (got.verdict["rule"], got.row.policy_rule) == ("is_blocked", "blocked")


def test_versions_are_kept_and_the_history_tells_who(db, jonas):
    first = save_policy(db, [rule("ask", free_mail=True)], {}, by=jonas)
    assert save_policy(db, [r.as_dict() for r in first.rules], {}, by=jonas) == first, "the same is no new version"
    second = save_policy(db, [], {}, by=jonas, base=1)
    assert (first.version, second.version, second.rules) == (1, 2, ())
    assert [row.number for row in db.scalars(select(RuleBook))] == [1, 2] and kinds(db).count("policy.changed") == 2
    with pytest.raises(Conflict):
        save_policy(db, [rule("ask", free_mail=True)], {}, by=jonas, base=1)


@pytest.mark.parametrize(("wanted", "field"), [
    (rule("perhaps", free_mail=True), "act"), (rule("ask"), "when"), (rule("create", blocked=True), "act"),
    (rule("ask", senders=["no address"]), "senders"), (rule("ask", mailboxes=["nobody"]), "mailboxes"),
    (rule("ask", languages=["xx"]), "languages"), (rule("create", trust="fail"), "act"),
    ({"when": {"free_mail": True}, "then": {"act": "create", "team": "nobody"}}, "team")])
def test_what_cannot_be_is_refused_at_its_field(db, jonas, wanted, field):
    with pytest.raises(Refused) as refused:
        save_policy(db, [rule("ask", free_mail=True), wanted], {}, by=jonas)
    assert list(refused.value.errors) == [f"rules.1.{field}"] and policy(db).version == 0


def test_patterns_are_normalised(db, jonas):
    saved = save_policy(db, [rule("ask", senders=["KUNDE.example", "@xn--bcher-kva.example", "Ole@Kunde.Example", "@*.Kunde.example",
                                                  "*@Sol.example"])], {}, by=jonas)
    assert saved.rules[0].when["senders"] == [
        "@kunde.example", "@bücher.example", "ole@kunde.example", "@*.kunde.example", "@sol.example"]


@pytest.mark.parametrize("pattern", ["o*@kunde.example", "ole@*.example", "@kunde*.example", "**@kunde.example", "*"])
def test_a_star_stands_for_a_whole_part_or_for_nothing(db, jonas, pattern):
    with pytest.raises(Refused) as refused:
        save_policy(db, [rule("ask", senders=[pattern])], {}, by=jonas)
    assert list(refused.value.errors) == ["rules.0.senders"]


@pytest.mark.parametrize("name", ["else", "blocked", "spam", "automatic", "forged"])
def test_no_rule_takes_the_id_of_a_fixed_one(db, jonas, name):
    """What decided a mail is counted and told by its id."""
    with pytest.raises(Refused):
        save_policy(db, [{"id": name, **rule("ask", free_mail=True)}], {}, by=jonas)


def test_always_writes_one_rule_a_domain_and_none_for_free_mail(db, jonas):
    with_rule_for(db, "kunde.example", {"act": "never"}, by=jonas)
    with_rule_for(db, "kunde.example", {"act": "spam"}, by=jonas)
    assert [(r.by, r.act) for r in policy(db).rules] == [("always", "spam")]
    with pytest.raises(Refused):
        with_rule_for(db, "gmail.com", {"act": "never"}, by=jonas)


@pytest.fixture
def asked(db):
    set_option(db, "intake.unknown_sender", "ask")


def decide(db, ticket, by, *, then=None, block_what="", **what):
    before = Before(db, ticket)
    settled = change_requester(db, ticket, by, **what)
    blocked = block_sender(db, ticket, block_what) if block_what else ""
    written = always(db, ticket, then, by=by) if then else None
    return remember(db, before, settled, by=by, blocked=blocked, rule=written)


def test_taking_back_a_link_takes_later_mail_along(arrive, db, nora, asked):
    """S83b, and undone: mail that came since is a stranger's again, and held."""
    eva, first = person(db, "Eva Lie", "eva@kunde.example"), arrive(mail("Ole Vang <ole@kunde.example>")).ticket
    made = decide(db, first, nora, person=eva, add_address=True)
    later = arrive(mail("Ole Vang <ole@kunde.example>", subject="More"))
    assert later.ticket.requester_id == eva.id and not later.ticket.held
    undo(db, made, by=nora)
    assert (first.held, later.ticket.held, later.ticket.requester_id, later.message.person_id) == (True, True, None, None)
    assert not any(h.address.normalised.startswith("ole") for h in holdings_of(db, eva))


def test_taking_back_a_created_person_takes_later_mail_along(arrive, db, nora, asked):
    first = arrive(mail("Ole Vang <ole@kunde.example>")).ticket
    made = decide(db, first, nora, create={"first_name": "Ole", "last_name": "Vang"})
    later = arrive(mail("Ole Vang <ole@kunde.example>", subject="More")).ticket
    undo(db, made, by=nora)
    assert (first.held, later.held, later.requester_id) == (True, True, None)
    assert db.scalar(select(Person.binned_at)) is not None


def test_later_mail_that_an_agent_decided_about_stays(arrive, db, nora, asked):
    eva, per = person(db, "Eva Lie", "eva@kunde.example"), person(db, "Per Li", "per@kunde.example")
    made = decide(db, arrive(mail("Ole Vang <ole@kunde.example>")).ticket, nora, person=eva, add_address=True)
    later = arrive(mail("Ole Vang <ole@kunde.example>", subject="More")).ticket
    decide(db, later, nora, person=per)
    undo(db, made, by=nora)
    assert (later.held, later.requester_id) == (False, per.id)


@pytest.mark.parametrize("act", ["create", "never", "spam"])
def test_always_holds_for_the_next_of_the_domain_and_can_be_taken_back(arrive, db, nora, asked, act):
    first = arrive(mail("Ole Vang <ole@kunde.example>")).ticket
    made = decide(db, first, nora, then={"act": act}, **{
        "create": {"create": {"first_name": "Ole", "last_name": "Vang"}}, "never": {"none": True}, "spam": {"spam": True}}[act])
    later = arrive(mail("Kari Moe <kari@kunde.example>")).ticket
    assert (later.held, later.state, later.requester_id is not None) == (False, "spam" if act == "spam" else "new", act == "create")
    undo(db, made, by=nora)
    assert policy(db).rules == () and (first.held, later.held, later.requester_id, later.state) == (True, True, None, "new")
    assert db.scalar(select(func.count()).select_from(Person).where(Person.binned_at.is_(None))) == 0


def test_whom_a_rule_made_goes_with_all_their_mail_when_the_rule_is_taken_back(arrive, db, nora, asked):
    made = decide(db, arrive(mail("Ole Vang <ole@kunde.example>")).ticket, nora, then={"act": "create"}, create={"last_name": "Vang"})
    one, two = (arrive(mail("Kari Moe <kari@kunde.example>", subject=subject)).ticket for subject in ("One", "Two"))
    assert one.requester_id == two.requester_id is not None
    undo(db, made, by=nora)
    assert [(t.held, t.requester_id) for t in (one, two)] == [(True, None)] * 2
    assert db.scalar(select(func.count()).select_from(Person).where(Person.binned_at.is_(None))) == 0
    assert arrive(mail("Kari Moe <kari@kunde.example>", subject="Three")).verdict["act"] == "open_held"


def test_taking_back_a_block_reads_what_was_set_aside(arrive, db, nora, asked):
    made = decide(db, arrive(mail("Ole Vang <ole@kunde.example>")).ticket, nora, spam=True, block_what="domain")
    aside = arrive(mail("Kari Moe <kari@kunde.example>")).row
    assert aside.state == "set_aside"
    undo(db, made, by=nora)
    assert db.get(InboundMail, aside.id).state == "pending"


def test_after_the_requester_changes_answers_go_to_the_new_one(arrive, db, nora, support):
    came = arrive(mail("Ole Vang <ole@kunde.example>"))
    ticket, last, eva = came.ticket, came.message, person(db, "Eva Lie", "eva@other.example")
    made = decide(db, ticket, nora, person=eva)
    assert [one.address for part in answer_to(ticket, last, own=frozenset()) for one in part] == ["eva@other.example"]
    undo(db, made, by=nora)
    db.refresh(ticket)
    assert [one.address for one in answer_to(ticket, last, own=frozenset())[0]] == ["ole@kunde.example"]


def test_the_address_from_now_on_moves_and_what_was_stays(arrive, db, nora):
    """MAIL.md, Identity: an address moves from A to B."""
    first = arrive(mail("Ole Vang <post@kunde.example>")).ticket
    ole, second = first.requester, arrive(mail("Ole Vang <post@kunde.example>", subject="Two")).ticket
    eva = person(db, "Eva Lie", "eva@other.example")
    made = decide(db, second, nora, person=eva, move=True)
    third = arrive(mail("post@kunde.example", subject="Three")).ticket
    assert (first.requester_id, second.requester_id, third.requester_id) == (ole.id, eva.id, eva.id)
    held = db.scalars(select(Holding).join(Holding.address).where(Holding.person_id == ole.id)).one()
    assert held.until is not None, "who held it when is kept"
    undo(db, made, by=nora)
    assert (second.requester_id, third.requester_id) == (ole.id, ole.id) and held.until is None
    assert db.scalar(select(func.count()).select_from(Ticket).where(Ticket.requester_id == eva.id)) == 0
