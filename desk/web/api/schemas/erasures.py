"""Erasing persons."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from desk.web.api.schemas.common import Asked, Shape, Uid


class ErasureAsked(Asked):
    """Why, how it is known who asks, and what becomes of words of which it is not certain that they are the person."""

    reason: Literal["request", "objection", "unlawful", "no_longer_needed"]
    identity: Literal["link", "agent"] = Field(description="Proven by a link to an address on the card, or by an agent's word.")
    case: Uid | None = Field(None, description="The case of the rights desk that it follows; what is known there of who asks counts.")
    review: Literal["erase", "keep", "ask"] = Field("ask", description="`ask`: somebody says so of each place before it is approved.")
    copies: Literal["delete", "keep"] = Field("delete", description="Mails of others that name them, at the mailbox's provider. The desk has its own "
                                              "without the name.")


class Erasure(Shape):
    """The operation that erases."""

    operation_id: Uid
