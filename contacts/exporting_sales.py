"""Sales as rows of a file: what every agent sees of them in their list, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from contacts.importing_files import written
from contacts.sale import Sale
from core import money

SALES = ("Id", "Title", "State", "Stage", "Probability", "Amount", "Currency", "Expected", "Person", "Company", "Owner", "Created")


def head_of_sales() -> str:
    """The first line."""
    return written([SALES])


def sale_rows(_db: Session, sales: Sequence[Sale]) -> str:
    """Lines of a file for these sales, in this order; who is deleted is not named."""
    return written([_row(sale) for sale in sales])


def _row(sale: Sale) -> list[str]:
    person, company = sale.person, sale.company
    return [sale.uid, sale.title, sale.state, sale.stage.label, str(sale.probability), money.written(sale.amount, sale.currency) if sale.amount is not None else "",
            sale.currency, sale.at.date().isoformat() if sale.at else "", person.name if person and person.living else "",
            company.name if company and company.binned_at is None else "", sale.owner.name if sale.owner else "", sale.created_at.date().isoformat()]
