"""What a domain publishes about mail that only claims to be from there (DMARC, RFC 7489), and which domains are one owner's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from core.once import Once

POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Record:
    """The policy (none, quarantine, reject), and whether signature and envelope must be of the very same domain."""

    policy: str
    strict_dkim: bool = False
    strict_spf: bool = False


#: Where a domain publishes nothing, only the very same domain proves anything: its names may be many people's.
NOTHING = Record("", strict_dkim=True, strict_spf=True)


def record_of(domain: str, texts: Callable[[str], Sequence[bytes]]) -> Record:
    """What holds for mail from this domain: its own record, else that of the organisation (section 6.6.3).

    ``texts`` gives the TXT records of a name; what it raises goes through.
    """
    owner = organisation(domain)
    for name in dict.fromkeys((domain, owner)):
        found = [tags for text in texts(f"_dmarc.{name}") if (tags := _tags(text))]
        if len(found) == 1 and (record := _read(found[0], below=name != domain)):
            return record
    return NOTHING


def aligned(domain: str, other: str, *, strict: bool) -> bool:
    """Whether what is proven of ``other`` is proven of ``domain`` (section 3.1)."""
    other = other.rstrip(".").lower()
    return bool(other) and (domain == other if strict else organisation(domain) == organisation(other))


@lru_cache(maxsize=4096)
def organisation(domain: str) -> str:
    """The domain that was registered: ``mail.kunde.example`` → ``kunde.example``. A public suffix is its own."""
    return _suffixes().privatesuffix(domain.lower().rstrip(".")) or domain.lower()


@Once
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _tags(text: bytes) -> dict[str, str]:
    """The tags of a DMARC record; empty for other texts."""
    parts = [part.partition("=") for part in text.decode("ascii", "replace").split(";")]
    tags = {name.strip().lower(): value.strip() for name, _equals, value in parts}
    return tags if text.decode("ascii", "replace").strip()[:1].lower() == "v" and tags.get("v") == "DMARC1" else {}


def _read(tags: dict[str, str], *, below: bool) -> Record | None:
    """A policy that is only tried out (``pct`` under 100, ``t=y``) is none yet."""
    policy = (tags.get("sp") if below else None) or tags.get("p", "")
    policy = policy.lower()
    if policy not in POLICIES:
        return None
    if tags.get("pct", "100") != "100" or tags.get("t", "").lower() == "y":
        policy = "none"
    return Record(policy, tags.get("adkim", "").lower() == "s", tags.get("aspf", "").lower() == "s")
