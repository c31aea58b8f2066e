"""Who asks is known by a link to an address that stood on the card before, good once, and by a button."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from contacts.address import Holding
from contacts.addressing import add_address
from core.clock import now
from core.errors import Refused
from desk.outbound import OutboundMail
from desk.rights import identity
from desk.rights.case import RightsCase
from desk.rights.opening import open_case


def token_of(mail):
    return re.search(r"/identity/(\S+)", mail.text)[1]


@pytest.fixture
def case(db, mads, jonas):
    return open_case(db, "erasure", person=mads, by=jonas)


def test_link_goes_to_a_known_address_in_their_language(db, case, jonas):
    chosen = identity.addresses(db, case)[1].address
    mail = identity.send_link(db, case, chosen.uid, by=jonas)
    assert mail.recipients == ["mads@home.example"] and mail.language == "da" and case.state == "identity_asked"
    assert "Mads" not in mail.text, "somebody else may read it"
    assert case.link_key and token_of(mail) not in case.link_key


def test_never_to_an_address_that_came_with_the_request(db, case, mads, jonas):
    add_address(db, mads, "email", "mads@evil.example", by=jonas)
    fresh = db.scalars(select(Holding).order_by(Holding.id.desc())).first()
    assert fresh.address.value == "mads@evil.example" and fresh.address.value not in [one.address.value for one in identity.addresses(db, case)]
    with pytest.raises(Refused):
        identity.send_link(db, case, fresh.address.uid, by=jonas)


def test_followed_once(db, case, jonas):
    address = identity.addresses(db, case)[0].address
    token = token_of(identity.send_link(db, case, address.uid, by=jonas))
    assert identity.asked(db, token) is case and not case.known, "looking proves nothing"
    identity.confirm(db, token)
    assert case.known and case.identity == "link" and case.identity_address_id == address.id and case.state == "identity_confirmed"
    with pytest.raises(Refused):
        identity.confirm(db, token)


def test_too_old_or_another(db, case, jonas):
    token = token_of(identity.send_link(db, case, identity.addresses(db, case)[0].address.uid, by=jonas))
    with pytest.raises(Refused):
        identity.asked(db, token[:-1] + "x" if token[-1] != "x" else token[:-1] + "y")
    db.execute(update(RightsCase).values(link_at=now() - timedelta(days=7, minutes=1)))
    db.expire_all()
    with pytest.raises(Refused):
        identity.asked(db, token)


def test_another_link_ends_the_first_and_waits(db, case, jonas):
    address = identity.addresses(db, case)[0].address.uid
    first = token_of(identity.send_link(db, case, address, by=jonas))
    with pytest.raises(Refused):
        identity.send_link(db, case, address, by=jonas)
    db.execute(update(RightsCase).values(link_at=now() - timedelta(minutes=11)))
    db.expire_all()
    identity.send_link(db, case, address, by=jonas)
    with pytest.raises(Refused):
        identity.asked(db, first)
    assert len(db.scalars(select(OutboundMail)).all()) == 2
