"""Keyed digests, signatures and seals: stable, ours alone, and proof against any text."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import tokens
from core.errors import Refused
from tests.conftest import forget_caches

anything = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@anything
@given(st.text())
def test_any_text_is_digested_signed_and_sealed(text):
    assert len(tokens.digest("p", text)) == 32
    if text.encode("utf-8", "ignore").decode() == text:
        assert tokens.signed("p", text, tokens.sign("p", text))
        assert tokens.unseal(tokens.seal(text)) == text
    tokens.message_key(text)


@anything
@given(st.text(), st.text())
def test_no_other_text_has_the_signature(text, guess):
    text = text.encode("utf-8", "ignore").decode()
    if guess.lower() != tokens.sign("p", text):
        assert not tokens.signed("p", text, guess)


def test_purposes_and_installations_do_not_mix(monkeypatch, tmp_path):
    mine = tokens.sign("reply", "1")
    assert tokens.sign("bounce", "1") != mine
    monkeypatch.setenv("SKRANKE_DATA", str(tmp_path / "other"))
    forget_caches()
    assert tokens.sign("reply", "1") != mine


def test_a_replaced_secret_is_said(monkeypatch, tmp_path):
    sealed = tokens.seal("password")
    monkeypatch.setenv("SKRANKE_DATA", str(tmp_path / "other"))
    forget_caches()
    with pytest.raises(Refused, match="Enter the password again"):
        tokens.unseal(sealed)


def test_message_keys_ignore_brackets_and_the_case_of_the_domain():
    assert tokens.message_key("<A.b@Example.ORG>") == tokens.message_key("A.b@example.org")
    assert tokens.message_key("a.b@example.org") != tokens.message_key("A.b@example.org")


def test_the_secret_is_readable_by_its_owner_alone(data_folder):
    tokens.secret()
    assert (data_folder / "keys" / "secret").stat().st_mode & 0o077 == 0
