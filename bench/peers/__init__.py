"""The desks beside which ours is measured; each runs in an environment of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """A desk to compare with: how it is called, what to install, which module here drives it."""

    name: str
    packages: tuple[str, ...]
    module: str

    @property
    def slug(self) -> str:
        """The name of its folders."""
        return self.module.rsplit(".", 1)[-1]


PEERS = (
    Peer("django-helpdesk", ("django-helpdesk", "gunicorn"), "bench.peers.django_helpdesk"),
    Peer("Roundup", ("roundup",), "bench.peers.roundup"),
)
