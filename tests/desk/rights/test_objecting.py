"""Objections: to marketing absolute, to anything else a case with a decision."""

from sqlalchemy import select

from contacts.bases import give
from desk.rights.case import RightsCase
from desk.rights.objecting import stop_and_decide


def test_to_anything_else_it_is_a_case_once(db, jonas, mads):
    give(db, mads, "contract", "legitimate_interest", source="A form.", by=jonas)
    row, case = stop_and_decide(db, mads, "contract", source="He called.", by=jonas)
    assert (row.event, case.kind, case.origin, case.person_id) == ("objected", "objection", "objection", mads.id)
    assert stop_and_decide(db, mads, "contract", source="He called again.", by=jonas)[1] is None
    give(db, mads, "service", "contract", source="A form.", by=jonas)
    assert stop_and_decide(db, mads, "service", source="He called.", by=jonas)[1] is case, "one that is open takes it along"


def test_to_marketing_and_withdrawing_there_is_nothing_to_decide(db, jonas, mads):
    give(db, mads, "contract", "consent", source="A form.", by=jonas)
    assert stop_and_decide(db, mads, "contract", source="He called.", by=jonas)[1] is None
    row, case = stop_and_decide(db, mads, "marketing", source="He called.", by=jonas)
    assert (row.event, case) == ("objected", None)
    assert not db.scalars(select(RightsCase)).all()
