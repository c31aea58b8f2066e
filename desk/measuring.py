"""Numbers about the flow of mail, for Prometheus: what waits, what failed, how old the oldest is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import now
from core.history import Outbox
from core.operations import Operation
from desk.inbound import InboundMail
from desk.mailboxes import Alert
from desk.outbound import OutboundMail

#: The states that somebody waits for or must look at; the others grow for ever and are not counted.
INBOUND = ("pending", "failed", "set_aside")
OUTBOUND = ("queued", "handing_over", "deferred", "failed")


class MailFlow(Collector):
    """Asks the database each time it is scraped: nothing is kept in a process's memory."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def collect(self) -> Iterable[Metric]:
        """Every gauge."""
        yield self._states("skranke_inbound_mails", "Mails that came in, by state.", InboundMail, INBOUND)
        yield self._states("skranke_outbound_mails", "Mails that go out, by state.", OutboundMail, OUTBOUND)
        yield from self._ages()
        for name, says, query in (
            ("skranke_outbox", "Facts that a consumer has not dealt with yet.", select(func.count(Outbox.id))),
            ("skranke_operations_waiting", "Operations that wait for a worker or run.",
             select(func.count(Operation.id)).where(Operation.state.in_(("approved", "running")))),
            ("skranke_alerts", "Alerts that stand.", select(func.count(Alert.id)).where(Alert.ended_at.is_(None))),
        ):
            yield GaugeMetricFamily(name, says, value=self.db.scalar(query) or 0)

    def _states(
        self, name: str, says: str, table: type[InboundMail] | type[OutboundMail], states: tuple[str, ...],
    ) -> Metric:
        found = dict(self.db.execute(select(table.state, func.count()).where(
            table.state.in_(states)).group_by(table.state)).all())
        gauge = GaugeMetricFamily(name, says, labels=["state"])
        for state in states:
            gauge.add_metric([state], found.get(state, 0))
        return gauge

    def _ages(self) -> Iterator[Metric]:
        at = now()
        received = self.db.scalar(select(func.min(InboundMail.received_at)).where(InboundMail.state == "pending"))
        queued = self.db.scalar(select(func.min(OutboundMail.created_at)).where(
            OutboundMail.state.in_(("queued", "handing_over", "deferred"))))
        yield GaugeMetricFamily("skranke_inbound_oldest_pending_seconds", "Age of the oldest mail not filed yet.",
                                value=_age(received, at))
        yield GaugeMetricFamily("skranke_outbound_oldest_waiting_seconds", "Age of the oldest mail not sent yet.",
                                value=_age(queued, at))


def metrics_text(db: Session) -> bytes:
    """All numbers in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(MailFlow(db))
    return generate_latest(registry)


def _age(since: datetime | None, at: datetime) -> float:
    return max(0.0, (at - since).total_seconds()) if since is not None else 0.0
