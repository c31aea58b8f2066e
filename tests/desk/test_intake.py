"""From a mail to a ticket beside the right person: identification, create-or-not, threading, robots, bounces."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select, update

from contacts.address import Address, Holding
from contacts.addressing import add_address, correct_address, holdings_of
from contacts.creating import create_company
from contacts.handing_on import hand_on
from contacts.identifying import address_row, hold, sort_name
from contacts.name_keys import keep_keys
from contacts.person import Person
from core.clock import now
from core.errors import Refused
from core.history import FactRow, Outbox
from core.options import option, set_option
from desk import handing_over, inbound
from desk.addressing import bounce_address, notification_address, reply_address
from desk.outbound import enqueue
from desk.tickets.answering import reply
from desk.tickets.intake import enact
from desk.tickets.message import Delivery
from desk.tickets.replying import Moved
from desk.tickets.situation import gather
from desk.tickets.ticket import AlsoIn, Participant, Ticket
from mailgate.parse import parse
from rules.intake import judge
from tests.letters_made import mail


def person(db, name, *addresses, **fields):
    first, last = name.split(" ", 1)
    made = Person(first_name=first, last_name=last, sort_name=sort_name(first, last), **fields)
    db.add(made)
    db.flush()
    for n, address in enumerate(addresses):
        hold(db, address_row(db, address), made, origin="agent", primary=n == 0)
    keep_keys(db, made)
    return made


def persons(db):
    return db.scalar(select(func.count()).select_from(Person))


def test_unknown_sender_becomes_a_person_by_default(arrive, db):
    """S81c, 0.10: auto-create is on; S6, S7: how and why are kept; 0.11: no company is asked of who writes, what is open is marked."""
    assert option(db, "contacts.company_required") is True
    got = arrive(mail("Ole Vang <ole@kunde.example>"))
    assert (got.verdict["act"], got.verdict["person"]) == ("open", "created")
    made = got.ticket.requester
    assert (made.name, made.created_how, made.to_be_completed) == ("Ole Vang", "mail", True)
    assert "Support" in made.created_why
    assert got.ticket.identification["how"] == "created"
    assert got.ticket.requester_address.normalised == "ole@kunde.example"
    assert made.legal_bases[0].basis == "legitimate_interest"


def test_second_mail_finds_the_person_by_any_case_and_form(arrive, db):
    first = arrive(mail("Åse Lind <ase@bücher.example>"))
    again = arrive(mail("ASE@xn--bcher-kva.example", subject="Other"))
    assert again.ticket.requester_id == first.ticket.requester_id
    assert again.verdict["person"] == "matched"


def test_alternate_address_finds_the_person(arrive, db):
    """S83a, T35: a person is recognised across all addresses."""
    ole = person(db, "Ole Vang", "ole@kunde.example", "ole.vang@post.example")
    got = arrive(mail("ole.vang@post.example"))
    assert got.ticket.requester_id == ole.id
    assert "alternate address" in got.ticket.identification["evidence"][0]["words"]


def test_match_is_exact_never_a_substring(arrive, db):
    person(db, "Ole Vang", "ole@kunde.example")
    got = arrive(mail("nole@kunde.example"))
    assert got.verdict["person"] == "created"
    tagged = arrive(mail("ole+news@kunde.example"))
    assert tagged.verdict["person"] == "created"


@pytest.mark.parametrize(("policy", "act", "known", "held"), [
    ("create", "open", "created", False), ("ask", "open_held", "asked", True), ("never", "open", "none", False)])
def test_policy_of_the_mailbox(arrive, db, support, policy, act, known, held):
    """S81a: the setting stops automatic creation; S82: the request arrives all the same."""
    set_option(db, "intake.unknown_sender", policy, support.uid)
    got = arrive(mail())
    assert (got.verdict["act"], got.verdict["person"], got.ticket.held) == (act, known, held)
    assert persons(db) == (1 if policy == "create" else 0)
    assert got.ticket.requester_name == "Ole Vang"


def test_mailbox_policy_wins_over_the_desks(arrive, db, support, sales):
    """0.10: each mailbox may differ."""
    set_option(db, "intake.unknown_sender", "never")
    set_option(db, "intake.unknown_sender", "create", sales.uid)
    assert arrive(mail()).verdict["person"] == "none"
    assert arrive(mail("new@other.example"), sales).verdict["person"] == "created"


def test_ask_names_a_namesake_as_candidate(arrive, db, support):
    ole = person(db, "Ole Vang", "ole@kunde.example")
    set_option(db, "intake.unknown_sender", "ask")
    got = arrive(mail("Ole Vang <private@post.example>"))
    assert [c["person_id"] for c in got.ticket.identification["candidates"]] == [ole.uid]


def test_two_persons_with_one_address_are_candidates(arrive, db):
    person(db, "Ole Vang", "post@kunde.example")
    person(db, "Kari Vang", "post@kunde.example")
    got = arrive(mail("post@kunde.example"))
    assert got.ticket.requester_id is None
    assert {c["name"] for c in got.ticket.identification["candidates"]} == {"Ole Vang", "Kari Vang"}
    assert not got.ticket.held


def test_the_one_who_still_works_wins_over_the_one_who_left(arrive, db):
    person(db, "Ole Vang", "post@kunde.example", status="left")
    kari = person(db, "Kari Vang", "post@kunde.example")
    assert arrive(mail("post@kunde.example")).ticket.requester_id == kari.id


def test_a_person_who_left_is_recognised_and_said_to_have_left(arrive, db):
    ole = person(db, "Ole Vang", "ole@kunde.example", status="left")
    got = arrive(mail("ole@kunde.example"))
    assert got.ticket.requester_id == ole.id
    assert got.ticket.identification["evidence"][1]["clue"] == "left"


def test_a_binned_person_is_held_and_not_made_again(arrive, db):
    """0.18: recognised, masked, held; never a second person."""
    person(db, "Ole Vang", "ole@kunde.example", binned_at=now())
    got = arrive(mail("ole@kunde.example"))
    assert (got.verdict["act"], got.ticket.held, got.ticket.requester_id) == ("open_held", True, None)
    assert got.ticket.requester_name == ""
    assert persons(db) == 1


def test_an_address_that_a_person_had_once_and_a_merged_person_prove_nothing(arrive, db):
    ole, per = person(db, "Ole Vang", "ole@kunde.example"), person(db, "Per Lunde", "per@kunde.example")
    db.scalars(select(Holding).where(Holding.person_id == ole.id)).one().until = now()
    per.merged_into_id = person(db, "Per Lunde", "other@kunde.example").id
    db.flush()
    for address in ("ole@kunde.example", "per@kunde.example"):
        assert arrive(mail(address)).ticket.requester_id not in (ole.id, per.id)


def test_an_agent_who_has_left_is_a_sender_like_any_other(arrive, db, nora):
    assert arrive(mail("Nora Vik <nora@desk.example>")).ticket.requester_id is None
    nora.active = False
    db.flush()
    got = arrive(mail("Nora Vik <nora@desk.example>", subject="Other"))
    assert (got.verdict["person"], got.ticket.requester.name) == ("created", "Nora Vik")


def test_recipients_are_participants_never_persons(arrive, db):
    got = arrive(mail(Cc="Per Lunde <per@kunde.example>, sales@other.example"))
    assert persons(db) == 1
    values = {p.address.normalised for p in got.ticket.participants}
    assert values == {"ole@kunde.example", "per@kunde.example", "sales@other.example"}


def test_own_addresses_are_nobody(arrive, db, sales):
    got = arrive(mail("Sales <sales@desk.example>"))
    assert persons(db) == 0
    assert got.verdict["person"] == "none"


def test_own_address_with_a_tag_is_nobody_too(arrive, db):
    got = arrive(mail("Support <support+foo@desk.example>"))
    assert (got.verdict["person"], persons(db)) == ("none", 0)
    form = arrive(mail("Form <support+web@desk.example>", Reply_To="Ole Vang <ole@kunde.example>"))
    assert form.ticket.requester.name == "Ole Vang"


@pytest.mark.parametrize("address", ["support@desk.example", "Support+zz@desk.example"])
def test_nobody_can_be_given_an_address_of_ours(db, support, address):
    ole = person(db, "Ole Vang", "ole@kunde.example")
    with pytest.raises(Refused, match="is an address of ours"):
        add_address(db, ole, "email", address, by=None)
    with pytest.raises(Refused, match="is an address of ours"):
        correct_address(db, holdings_of(db, ole)[0], address, by=None)


@pytest.mark.parametrize("ours", ["support@desk.example", "support+t302.aaaa@desk.example"])
def test_no_reply_goes_to_an_address_of_ours(db, arrive, nora, ours):
    ticket = arrive(mail()).ticket
    with pytest.raises(Refused, match="nobody to send this to"):
        reply(db, ticket, by=nora, text="Hello", to=[ours])
    assert reply(db, ticket, by=nora, text="Hello", cc=[ours, "per@kunde.example"]).cc == [["", "per@kunde.example"]]


def test_agent_is_not_made_a_person_but_may_be_one(arrive, db, nora):
    assert arrive(mail("Nora <nora@desk.example>")).verdict["person"] == "none"
    assert persons(db) == 0
    customer = person(db, "Nora Vik", "nora@desk.example")
    assert arrive(mail("nora@desk.example", subject="As customer")).ticket.requester_id == customer.id


def test_contact_form_speaks_for_the_reply_to(arrive, db):
    got = arrive(mail("Web form <support@desk.example>", Reply_To="Ole Vang <ole@kunde.example>"))
    assert got.ticket.requester.name == "Ole Vang"


def test_what_proves_a_form_proves_nothing_of_its_reply_to(arrive, db, support):
    """DMARC speaks of From, which is ours; whoever filled in the form may have written anybody's address."""
    support.receiving_host = "mx.desk.example"
    got = arrive(mail("Web form <support@desk.example>", Reply_To="Ole Vang <ole@kunde.example>",
                      Authentication_Results="mx.desk.example; dmarc=pass header.from=desk.example"), transport="imap")
    assert db.scalar(select(Holding.proof).where(Holding.person_id == got.ticket.requester_id)) == "none"
    assert got.ticket.trust["result"] == got.message.trust["result"] == "none"
    assert "ole@kunde.example is the form's word" in got.message.trust["why"]


@pytest.mark.parametrize("garbage", ["support@desk.example", "", "<>", "not an address"])
def test_contact_form_with_a_useless_reply_to(arrive, db, garbage):
    got = arrive(mail("Web form <support@desk.example>", Reply_To=garbage))
    assert got.ticket is not None
    assert persons(db) == 0


def test_reply_to_of_others_changes_nothing_about_who_wrote(arrive, db):
    got = arrive(mail("Ole Vang <ole@kunde.example>", Reply_To="kari@kunde.example"))
    assert got.ticket.requester_address.normalised == "ole@kunde.example"
    assert got.message.reply_to == "kari@kunde.example"


def test_new_person_joins_the_company_of_the_domain(arrive, db):
    company = create_company(db, "Kunde AS", domains=["kunde.example"])
    got = arrive(mail())
    assert got.ticket.requester.employment.company_id == company.id


def test_mail_without_usable_sender_still_opens_a_ticket(arrive, db):
    got = arrive(mail().replace(b"From: Ole Vang <ole@kunde.example>", b"From: nobody at all"))
    assert got.ticket is not None
    assert got.ticket.requester_id is None


# ── threads ──

@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_reply_joins_by_header(arrive, db, header):
    first = arrive(mail(message_id="one@kunde.example"))
    reply = arrive(mail(subject="Re: Hello", **{header: "<zero@x.example> <one@kunde.example>"}))
    assert reply.ticket.id == first.ticket.id
    assert reply.verdict["act"] == "append"


def test_reply_to_our_mail_joins_even_where_a_relay_changed_the_domain(arrive, db, support):
    first = arrive(mail())
    sent = enqueue(db, kind="acknowledgement", mailbox=support, recipients=["ole@kunde.example"],
                   ticket_id=first.ticket.id)
    altered = sent.rfc_message_id.split("@")[0] + "@relay.example"
    assert arrive(mail(subject="Re", In_Reply_To=f"<{altered}>")).ticket.id == first.ticket.id


def test_reply_joins_by_signed_address_alone(arrive, db, support):
    first = arrive(mail())
    to = reply_address(first.ticket, support)
    assert arrive(mail("someone@else.example", to=to, subject="x")).ticket.id == first.ticket.id


def test_forged_reply_address_joins_nothing(arrive, db, support):
    first = arrive(mail())
    to = reply_address(first.ticket, support)
    local, _, domain = to.partition("@")
    forged = f"{local[:-1]}{'b' if local[-1] == 'a' else 'a'}@{domain}"
    assert arrive(mail("someone@else.example", to=forged, subject="x")).ticket.id != first.ticket.id


def test_subject_token_counts_for_participants_only(arrive, db):
    first = arrive(mail())
    assert arrive(mail(subject=f"Sv: [#{first.ticket.id}] Hello")).ticket.id == first.ticket.id
    assert arrive(mail("spy@else.example", subject=f"[#{first.ticket.id}]")).ticket.id != first.ticket.id


def test_a_token_counts_from_every_address_that_somebody_who_takes_part_holds_now(arrive, db, nora):
    first = arrive(mail(Cc="per@kunde.example")).ticket
    per = person(db, "Per Lunde", "per@kunde.example", "per@home.example", "per@cabin.example")
    for address in ("ole@home.example", "ole@cabin.example"):
        add_address(db, first.requester, "email", address, by=nora)
    again = {"subject": f"Re: [#{first.id}] Hello"}
    assert arrive(mail("ole@home.example", **again)).ticket.id == first.id
    assert arrive(mail("per@home.example", **again)).ticket.id == first.id
    per.binned_at = now()
    assert arrive(mail("per@cabin.example", **again)).ticket.id != first.id
    next(h for h in holdings_of(db, first.requester) if h.address.value == "ole@cabin.example").until = now()
    assert arrive(mail("ole@cabin.example", **again)).ticket.id != first.id


def test_a_message_id_of_ours_names_our_ticket_whoever_used_it_again(arrive, db, nora):
    first = arrive(mail()).ticket
    ours = reply(db, first, by=nora, text="Turn it on.").rfc_message_id
    assert arrive(mail("spy@evil.example", subject="Mine now", text="Other words.", message_id=ours)).ticket.id != first.id
    assert arrive(mail(subject="Re", text="Thanks.", In_Reply_To=f"<{ours}>")).ticket.id == first.id


def test_same_subject_without_headers_is_another_ticket(arrive, db):
    assert arrive(mail(text="one")).ticket.id != arrive(mail(text="two")).ticket.id


def test_reply_reopens_a_closed_ticket_within_its_days(arrive, db):
    first = arrive(mail(message_id="one@kunde.example"))
    first.ticket.enter("closed")
    first.ticket.closed_at = now() - timedelta(days=13)
    arrive(mail(subject="Re", In_Reply_To="<one@kunde.example>"))
    assert first.ticket.state == "open"
    assert first.ticket.closed_at is None


def test_reply_after_that_opens_a_linked_ticket(arrive, db):
    first = arrive(mail(message_id="one@kunde.example"))
    first.ticket.enter("closed")
    first.ticket.closed_at = now() - timedelta(days=15)
    later = arrive(mail(subject="Re", In_Reply_To="<one@kunde.example>"))
    assert (later.ticket.continues_id, first.ticket.state) == (first.ticket.id, "closed")


def test_the_next_late_reply_joins_the_linked_ticket(arrive, db):
    first = arrive(mail(message_id="one@kunde.example"))
    first.ticket.enter("closed")
    first.ticket.closed_at = now() - timedelta(days=15)
    later = arrive(mail(subject="Re", In_Reply_To="<one@kunde.example>"))
    again = arrive(mail(subject="Re", text="And one more thing.", In_Reply_To="<one@kunde.example>"))
    assert (again.ticket.id, again.verdict["act"]) == (later.ticket.id, "append")
    stranger = arrive(mail("kari@kunde.example", subject="Re", text="Me too.", In_Reply_To="<one@kunde.example>"))
    assert stranger.ticket.id == later.ticket.id


@pytest.mark.parametrize("what", ["binned", "held", "of somebody else"])
def test_a_late_reply_joins_no_linked_ticket_that_is_not_fit_for_it(arrive, db, what):
    first = arrive(mail(message_id="one@kunde.example"))
    first.ticket.enter("closed")
    first.ticket.closed_at = now() - timedelta(days=15)
    later = arrive(mail(subject="Re", In_Reply_To="<one@kunde.example>")).ticket
    if what == "binned":
        later.binned_at = now()
    elif what == "held":
        later.held = True
    else:
        later.requester_address = address_row(db, "per@kunde.example")
    db.flush()
    again = arrive(mail(subject="Re", text="And one more thing.", In_Reply_To="<one@kunde.example>"))
    assert again.ticket.id not in (first.ticket.id, later.id)
    assert again.ticket.continues_id == first.ticket.id


def test_an_answer_keeps_the_root_of_a_long_thread(arrive, db):
    ids = " ".join(f"<{'x' * 200}{n}@kunde.example>" for n in range(120))
    kept = arrive(mail(References=ids)).message.references.split()
    assert (kept[0], kept[-1]) == (f"{'x' * 200}119@kunde.example", f"{'x' * 200}0@kunde.example")


def test_reply_to_a_merged_ticket_goes_to_the_survivor(arrive, db):
    first, other = arrive(mail(message_id="one@kunde.example")), arrive(mail(subject="Other"))
    first.ticket.merged_into_id = other.ticket.id
    first.ticket.enter("closed")
    db.flush()
    assert arrive(mail(subject="Re", In_Reply_To="<one@kunde.example>")).ticket.id == other.ticket.id


def test_reply_to_a_deleted_ticket_opens_a_linked_one(arrive, db):
    first = arrive(mail(message_id="one@kunde.example"))
    first.ticket.binned_at = now()
    db.flush()
    assert arrive(mail(subject="Re", In_Reply_To="<one@kunde.example>")).ticket.continues_id == first.ticket.id


def gathered(db, support, raw):
    """A letter judged, and not yet filed."""
    row = inbound.accept(db, inbound.Delivery(support.id, "smtp", "late", raw))
    s = gather(db, row, parse(raw))
    return s, judge(s.clues)


def test_a_reply_that_waited_for_a_merge_goes_to_the_survivor(arrive, db, support):
    """What another transaction has done to the ticket is seen once its lock is ours."""
    first, second = arrive(mail(message_id="one@kunde.example")), arrive(mail(subject="Again"))
    s, verdict = gathered(db, support, mail(subject="Re", In_Reply_To="<one@kunde.example>"))
    db.execute(update(Ticket).where(Ticket.id == first.ticket.id).values(merged_into_id=second.ticket.id, shelf="merged"),
               execution_options={"synchronize_session": False})
    second.ticket.unread = False
    message = enact(db, s, verdict, [])
    assert (message.ticket_id, second.ticket.unread) == (second.ticket.id, True)


def test_a_reply_that_waited_for_a_deletion_is_judged_anew(arrive, db, support):
    first = arrive(mail(message_id="one@kunde.example"))
    s, verdict = gathered(db, support, mail(subject="Re", In_Reply_To="<one@kunde.example>"))
    db.execute(update(Ticket).where(Ticket.id == first.ticket.id).values(binned_at=now(), shelf="bin"),
               execution_options={"synchronize_session": False})
    with pytest.raises(Moved):
        enact(db, s, verdict, [])
    again = gather(db, s.row, s.letter)
    message = enact(db, again, judge(again.clues), [])
    assert message.ticket.continues_id == first.ticket.id


def test_reply_to_spam_stays_spam(arrive, db):
    first = arrive(mail(message_id="one@kunde.example", X_Spam_Flag="YES"))
    assert (first.ticket.state, persons(db)) == ("spam", 0)
    arrive(mail(subject="Re", In_Reply_To="<one@kunde.example>"))
    assert first.ticket.state == "spam"


def test_colleague_who_answers_takes_part_but_does_not_take_over(arrive, db):
    first = arrive(mail(message_id="one@kunde.example"))
    arrive(mail("Per Lunde <per@kunde.example>", subject="Re", In_Reply_To="<one@kunde.example>"))
    assert first.ticket.requester_address.normalised == "ole@kunde.example"
    addresses = {p.address.normalised for p in db.scalars(select(Participant).where(
        Participant.ticket_id == first.ticket.id))}
    assert "per@kunde.example" in addresses


# ── copies ──

def test_eight_in_copy_make_one_person_at_most(arrive, db, support):
    """PRIVACY 9: whom a mail names besides takes part, and is nobody's record: not when it comes, and not when all answer."""
    crowd = [f"Person {n} <p{n}@other.example>" for n in range(8)]
    first = arrive(mail(message_id="one@kunde.example", Cc=", ".join(crowd)))
    assert persons(db) == 1
    named = {p.address.normalised for p in db.scalars(select(Participant).where(Participant.ticket_id == first.ticket.id))}
    assert {f"p{n}@other.example" for n in range(8)} < named
    set_option(db, "intake.unknown_sender", "never", support.uid)
    arrive(mail("new@elsewhere.example", subject="Another", Cc=", ".join(crowd)))
    assert persons(db) == 1


def test_same_mail_in_two_mailboxes_is_one_message_with_two_deliveries(arrive, db, sales):
    raw = mail(to="support@desk.example, sales@desk.example")
    one, two = arrive(raw), arrive(raw, sales)
    assert two.message.id == one.message.id
    assert two.verdict["act"] == "ignore"
    assert db.scalar(select(func.count()).select_from(Delivery)) == 2
    assert db.get(AlsoIn, (one.ticket.id, sales.id)) is not None


def test_reused_message_id_with_other_content_is_another_message(arrive, db):
    one = arrive(mail(message_id="same@kunde.example", text="First."))
    two = arrive(mail(message_id="same@kunde.example", text="Something else entirely."))
    assert two.message.id != one.message.id


def scan(content: bytes = b"%PDF-1") -> bytes:
    """What a scanner sends: neither Message-ID nor Date, always the same words."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Scanner <scan@kunde.example>", "support@desk.example", "Scan"
    message.set_content("See attached")
    message.add_attachment(content, maintype="application", subtype="pdf", filename="scan.pdf")
    return message.as_bytes()


SCAN = scan()


@pytest.mark.parametrize("second", [scan(b"%PDF-2"), SCAN])
def test_mails_without_message_id_are_no_copies_of_each_other(arrive, db, second):
    one, two = arrive(SCAN), arrive(second)
    assert (one.verdict["act"], two.verdict["act"]) == ("open", "open")
    assert two.message.id != one.message.id


def test_mail_without_message_id_for_two_mailboxes_in_one_transaction_is_one_message(arrive, db, sales):
    at, raw = now(), scan()
    one, two = arrive(raw, at=at), arrive(raw, sales, at=at)
    assert two.message.id == one.message.id


def test_mail_without_message_id_in_two_folders_is_one_message(arrive, db, sales):
    raw = scan()
    one, two = arrive(raw, transport="imap"), arrive(raw, sales, transport="imap")
    assert two.message.id == one.message.id
    assert arrive(scan(b"%PDF-2"), transport="imap").message.id != one.message.id


def test_same_message_id_and_words_with_another_attachment_is_another_message(arrive, db):
    one, two = (arrive(b"Message-ID: <same@kunde.example>\n" + scan(content)) for content in (b"1", b"2"))
    assert two.message.id != one.message.id
    assert arrive(b"Message-ID: <same@kunde.example>\n" + scan(b"1")).message.id == one.message.id


# ── robots, loops, bounces ──

@pytest.mark.parametrize("header", [
    {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<news.kunde.example>"},
    {"X_Autoreply": "yes"}, {"Return_Path": "<>"}])
def test_robots_open_quietly_and_make_no_person(arrive, db, header):
    got = arrive(mail(**header))
    assert (got.verdict["act"], got.verdict["person"], persons(db)) == ("open_quiet", "none", 0)
    fact = db.scalars(select(FactRow).where(FactRow.kind == "ticket.opened")).one()
    assert fact.data["quiet"] is True


def test_out_of_office_joins_but_neither_reopens_nor_moves(arrive, db):
    first = arrive(mail(message_id="one@kunde.example"))
    first.ticket.enter("closed")
    first.ticket.closed_at = now()
    moved, due = first.ticket.moved_at, first.ticket.due_at
    got = arrive(mail(subject="Automatic reply", In_Reply_To="<one@kunde.example>", Auto_Submitted="auto-replied"))
    assert (got.ticket.id, got.ticket.state, got.ticket.moved_at, got.ticket.due_at) == (
        first.ticket.id, "closed", moved, due)
    assert got.message.automatic


def test_an_absence_note_without_any_header_is_known_by_its_form_when_it_answers_us(arrive, db):
    first = arrive(mail(message_id="one@kunde.example"))
    note = arrive(mail(subject="Fravær: Hello", In_Reply_To="<one@kunde.example>"))
    assert (note.ticket.id, note.message.automatic) == (first.ticket.id, "out_of_office")
    asked = arrive(mail("new@other.example", subject="Fravær: hvordan melder jeg det?"))
    assert (asked.verdict["act"], asked.verdict["person"]) == ("open", "created")


def test_our_own_automatic_mail_coming_back_is_ignored(arrive, db):
    from desk.loops import our_mark
    got = arrive(mail(X_Skranke_Loop=our_mark("The printer does not print.", ()), Auto_Submitted="auto-replied"))
    assert (got.verdict["act"], got.ticket) == ("ignore", None)
    changed = mail("support@desk.example", X_Skranke_Loop=our_mark("Other words.", ()), Auto_Submitted="auto-replied")
    assert arrive(changed).verdict["rule"] == "is_our_own_mail"


def test_another_desks_mark_is_no_loop(arrive, db):
    assert arrive(mail(X_Skranke_Loop="0" * 32)).verdict["act"] == "open"


def bounce_of(original_id: str, recipient: str, status: str) -> bytes:
    return (f"From: MAILER-DAEMON@mx.example\r\nTo: support@desk.example\r\nSubject: Undelivered Mail\r\n"
            f"Message-ID: <b{status}@mx.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            f"--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
            f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
            f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\n"
            f"Diagnostic-Code: smtp; 550 {status} no such user\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{original_id}>\r\nSubject: x\r\n\r\n"
            f"--b--\r\n").encode()


@pytest.mark.parametrize(("status", "health"), [("5.1.1", "bouncing"), ("4.4.1", "soft")])
def test_bounce_joins_its_ticket_and_marks_the_address(arrive, db, support, status, health):
    first = arrive(mail())
    sent = enqueue(db, kind="reply", mailbox=support, recipients=["ole@kunde.example"], ticket_id=first.ticket.id)
    first.ticket.unread = False
    got = arrive(bounce_of(sent.rfc_message_id, "ole@kunde.example", status), envelope_sender="")
    assert got.ticket.unread is (health == "bouncing")
    assert (got.verdict["rule"], got.ticket.id) == ("is_bounce_of_ours", first.ticket.id)
    assert db.scalars(select(Address).where(Address.normalised == "ole@kunde.example")).one().health == health
    assert sent.reason.startswith("Came back")


def test_a_bounce_that_overtakes_the_end_of_sending_stays_noted(arrive, db, support):
    first = arrive(mail())
    sent = enqueue(db, kind="reply", mailbox=support, recipients=["ole@kunde.example"], ticket_id=first.ticket.id)
    [outbound_id] = handing_over.claim(db, "one", support.id)
    assert handing_over.begin(db, outbound_id, "one", b"")
    arrive(bounce_of(sent.rfc_message_id, "ole@kunde.example", "5.1.1"), envelope_sender="")
    assert handing_over.settle(db, outbound_id, "one", handing_over.Outcome({"ole@kunde.example": "250 OK"})) == "sent"
    assert sent.reason.startswith("Came back") and "no such user" in sent.reason
    assert sent.outcomes["ole@kunde.example"][0] == "returned"


def test_bounce_of_a_notification_makes_nothing(arrive, db, support, nora):
    first = arrive(mail())
    sent = enqueue(db, kind="notification", mailbox=support, recipients=["nora@desk.example"],
                   ticket_id=first.ticket.id, agent_id=nora.id)
    before = db.scalar(select(func.count()).select_from(Outbox))
    got = arrive(bounce_of(sent.rfc_message_id, "nora@desk.example", "5.1.1"), envelope_sender="")
    assert (got.verdict["act"], got.ticket) == ("ignore", None)
    assert db.scalar(select(func.count()).select_from(Outbox)) == before


def back_to(sent, mailbox, sender, subject):
    """What a machine answers to the return address of a mail of ours, without In-Reply-To."""
    return mail(sender, to=bounce_address(sent, mailbox), subject=subject, text="Das ging nicht.")


def test_absence_note_to_the_return_address_joins_the_ticket(arrive, db, support):
    """RFC 3834 section 4: automatic answers go to the envelope sender."""
    first = arrive(mail())
    sent = enqueue(db, kind="reply", mailbox=support, recipients=["ole@kunde.example"], ticket_id=first.ticket.id)
    raw = back_to(sent, support, "Ole Vang <ole@kunde.example>", "I am away until Monday")
    got = arrive(raw, envelope_sender="", envelope_recipient=bounce_address(sent, support))
    assert (got.verdict["rule"], got.ticket.id, bool(got.message.automatic)) == ("answers_a_ticket", first.ticket.id, True)
    assert first.ticket.requester_address.health == "ok"


def test_odd_report_to_the_return_address_is_a_bounce_of_what_was_sent(arrive, db, support):
    first = arrive(mail())
    sent = enqueue(db, kind="reply", mailbox=support, recipients=["ole@kunde.example"], ticket_id=first.ticket.id)
    got = arrive(back_to(sent, support, "MAILER-DAEMON@mx.example", "Zustellung nicht moeglich"), envelope_sender="")
    assert (got.verdict["rule"], got.ticket.id) == ("is_bounce_of_ours", first.ticket.id)
    assert sent.reason == "Came back"


def test_absence_note_of_an_agent_to_the_return_address_makes_nothing(arrive, db, support, nora):
    first = arrive(mail())
    sent = enqueue(db, kind="notification", mailbox=support, recipients=["nora@desk.example"],
                   ticket_id=first.ticket.id, agent_id=nora.id)
    got = arrive(back_to(sent, support, "nora@desk.example", "I am away until Monday"), envelope_sender="")
    assert (got.verdict["act"], got.ticket) == ("ignore", None)


def test_bounce_of_nothing_we_know_opens_quietly(arrive, db):
    got = arrive(bounce_of("unknown@elsewhere.example", "x@y.example", "5.1.1"), envelope_sender="")
    assert got.verdict["act"] == "open_quiet"
    assert persons(db) == 0


# ── agents by mail ──

def test_agent_answers_a_notification_and_the_customer_gets_it(arrive, db, support, nora):
    first = arrive(mail())
    to = notification_address(first.ticket, support, nora)
    got = arrive(mail("Nora <nora@desk.example>", to=to, subject="Re", text="Try it again now."))
    assert (got.message.direction, got.message.author_id, got.ticket.id) == ("out", nora.id, first.ticket.id)
    assert got.message.to == [["Ole Vang", "ole@kunde.example"]]
    assert got.ticket.state == "waiting"


def test_answer_to_a_notification_from_a_foreign_address_is_a_note(arrive, db, support, nora):
    first = arrive(mail())
    to = notification_address(first.ticket, support, nora)
    got = arrive(mail("stranger@else.example", to=to, subject="Re", text="Give me the password."))
    assert (got.message.direction, got.message.author_id) == ("note", None)
    assert persons(db) == 1


def test_robot_answering_a_notification_is_ignored(arrive, db, support, nora):
    first = arrive(mail())
    to = notification_address(first.ticket, support, nora)
    got = arrive(mail("nora@desk.example", to=to, subject="Out of office", Auto_Submitted="auto-replied"))
    assert got.verdict["act"] == "ignore"


# ── trust and blocking ──

def test_failed_authentication_holds_and_matches_nobody(arrive, db, support):
    support.receiving_host = "mx.desk.example"
    ole = person(db, "Ole Vang", "ole@kunde.example")
    got = arrive(mail(Authentication_Results="mx.desk.example; dmarc=fail header.from=kunde.example"))
    assert (got.ticket.held, got.ticket.requester_id, got.ticket.trust["result"]) == (True, None, "fail")
    assert got.ticket.identification["candidates"][0]["person_id"] == ole.uid


@pytest.mark.parametrize("senders", [
    b"From: Ole Vang <ole@kunde.example>\r\nFrom: Eve <eve@evil.example>\r\n", b"From: Ole Vang <ole@kunde.example>, Eve <eve@evil.example>\r\n"])
def test_what_is_proven_of_the_second_sender_is_not_of_the_first(arrive, db, support, senders):
    support.receiving_host = "mx.desk.example"
    person(db, "Ole Vang", "ole@kunde.example")
    rest = mail().partition(b"\n")[2]
    for said in (b"dmarc=pass header.from=evil.example", b"dmarc=pass"):
        got = arrive(b"Authentication-Results: mx.desk.example; " + said + b"\r\n" + senders + rest.replace(b"<", b"<" + said[-4:], 1))
        assert (got.message.from_address, got.ticket.trust["result"]) == ("ole@kunde.example", "none")


def test_authentication_results_of_strangers_are_not_believed(arrive, db, support):
    support.receiving_host = "mx.desk.example"
    got = arrive(mail(Authentication_Results="mx.evil.example; dmarc=pass"))
    assert got.ticket.trust["result"] == "none"


def test_the_envelope_cannot_forge_a_verdict(arrive, db, support):
    """A sender who calls himself ``dmarc=pass`` in MAIL FROM, also in encoded words, proves nothing."""
    support.receiving_host = "mx.desk.example"
    person(db, "Ole Vang", "ole@kunde.example")
    for envelope in ("dmarc=pass@evil.example", "=?utf-8?q?x=3B_dmarc=3Dpass_?=@evil.example"):
        said = f"mx.desk.example; spf=pass smtp.mailfrom={envelope}; dkim=none; dmarc=fail header.from=kunde.example"
        got = arrive(b"Authentication-Results: " + said.encode() + b"\r\n" + mail(text=envelope))
        assert (got.ticket.trust["result"], got.ticket.held) == ("fail", True)
    got = arrive(b"Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom==?utf-8?q?x=3B_dmarc=3Dpass_?=@evil.example\r\n"
                 + mail(text="no DMARC at all"))
    assert got.ticket.trust["result"] == "none"


def test_only_relays_of_ours_are_believed_at_the_door(arrive, db, support):
    support.receiving_host, support.trusted_relays = "mx.desk.example", "192.0.2.0/28"
    said = {"Authentication_Results": "mx.desk.example; dmarc=pass header.from=kunde.example"}
    assert arrive(mail(text="1", **said), client="192.0.2.7").ticket.trust["result"] == "pass"
    stranger = arrive(mail(text="2", **said), client="203.0.113.5").ticket.trust
    assert stranger["result"] == "none" and "203.0.113.5" in stranger["why"]


@pytest.mark.parametrize(("transport", "client", "state"), [
    ("smtp", "127.0.0.1", "spam"), ("smtp", "192.0.2.7", "new"), ("imap", "", "spam")])
def test_the_spam_flag_is_believed_from_trusted_channels(arrive, db, transport, client, state):
    """MAIL.md, Routing: X-headers are believed only from trusted channels."""
    got = arrive(mail(X_Spam_Flag="YES"), transport=transport, client=client)
    scored = arrive(mail(X_Spam_Score="17.5", subject="Other"), transport=transport, client=client)
    assert (got.ticket.state, scored.ticket.state) == (state, state)


def test_blocked_sender_is_set_aside(arrive, db):
    address_row(db, "ole@kunde.example").suppression = "blocked"
    db.flush()
    got = arrive(mail())
    assert (got.row.state, got.ticket) == ("set_aside", None)


def test_an_address_that_moves_brings_new_mail_to_the_other_and_takes_nothing_along(arrive, db, nora):
    """MAIL.md, Identity: address moves from A to B."""
    ole, kari = person(db, "Ole Vang", "post@kunde.example"), person(db, "Kari Dal", "kari@kunde.example")
    first = arrive(mail("post@kunde.example"))
    hand_on(db, db.scalars(select(Holding).where(Holding.person_id == ole.id)).one(), kari, by=nora)
    later = arrive(mail("post@kunde.example", subject="Other"))
    answer = arrive(mail("post@kunde.example", subject="Re", In_Reply_To=f"<{first.message.rfc_message_id}>", text="And one more thing."))
    assert (first.message.person_id, first.ticket.requester_id) == (ole.id, ole.id)
    assert (later.message.person_id, later.ticket.requester_id) == (kari.id, kari.id)
    assert (answer.ticket.id, answer.message.person_id, answer.ticket.requester_id) == (first.ticket.id, kari.id, ole.id)


def test_first_holder_keeps_what_was_written_before_an_address_moved(arrive, db):
    ole = person(db, "Ole Vang", "post@kunde.example")
    first = arrive(mail("post@kunde.example"))
    holding = db.scalars(select(Holding).where(Holding.person_id == ole.id)).one()
    holding.until = now()
    kari = person(db, "Kari Dal", "post@kunde.example")
    later = arrive(mail("post@kunde.example", subject="Other"))
    assert (first.message.person_id, later.message.person_id) == (ole.id, kari.id)
