"""Campaigns: whom we turn to about something, and how far each has come (C11, C12)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from contacts.following import follows
from contacts.matter import Matter, Member, both_take_part, indexes
from core.database import Base, plain
from core.i18n import N_

STATES = ("planned", "open", "done", "cancelled")
OPEN = ("planned", "open")
#: How far a member has come.
STATUSES = ("chosen", "contacted", "answered", "taking_part", "declined")


class Campaign(Matter, Base):
    """One campaign, with its members."""

    __tablename__ = "campaigns"
    state: Mapped[str] = plain(String(12), default="open")
    starts_on: Mapped[date | None] = plain()
    ends_on: Mapped[date | None] = plain()
    __table_args__ = indexes("campaigns", customer=False)


class CampaignMember(Member, Base):
    """A person whom a campaign turns to, and how far that has come."""

    __tablename__ = "campaign_members"
    matter_id: Mapped[int] = plain("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"))
    status: Mapped[str] = plain(String(12), default="chosen")
    __table_args__ = (Index("ix_campaign_members_campaign", "campaign_id", "id"), Index("ix_campaign_members_person", "person_id", "campaign_id"))


follows("campaign_members", N_("Campaigns"), CampaignMember.person_id, CampaignMember.origin_person_id,
        both_take_part(CampaignMember, CampaignMember.matter_id))
