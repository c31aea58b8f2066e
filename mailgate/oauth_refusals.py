"""Why signing in at a provider came to nothing, and what to do about it."""

from __future__ import annotations

from core.i18n import N_
from core.i18n import gettext as _
from desk.authorizing import NAMES, redirect_address
from mailgate.oauth_providers import first_line

#: Errors of the provider's page and of its token endpoint (RFC 6749, sections 4.1.2.1 and 5.2), and what they mean here.
SENTENCES = (
    ({"access_denied", "consent_required", "interaction_required", "admin_policy_enforced"}, N_(
        "Nobody agreed at %(provider)s that the desk may read and send mail (%(said)s). Sign in again and accept; where "
        "only administrators may agree, one of them must approve the application there first.")),
    ({"invalid_client", "deleted_client"}, N_(
        "%(provider)s does not take the client id and secret (%(said)s). Secrets expire: make a new one there, enter its "
        "value (not its id) here, and sign in again.")),
    ({"invalid_grant"}, N_(
        "%(provider)s does not take the code any more (%(said)s). It is good once, for a few minutes: sign in again.")),
    ({"unauthorized_client", "redirect_uri_mismatch", "invalid_request", "unsupported_response_type"}, N_(
        "%(provider)s does not let this application sign in here (%(said)s). Check client id and tenant, and that it is "
        "registered there as a web application with the redirect address %(address)s.")),
    ({"invalid_scope", "invalid_resource"}, N_(
        "%(provider)s does not offer this application mail (%(said)s). Add the permissions to read and send mail to it "
        "there, and sign in again.")),
    ({"server_error", "temporarily_unavailable"}, N_(
        "%(provider)s is in trouble itself (%(said)s). Sign in again in a moment.")),
)
OTHER = N_("%(provider)s did not sign anybody in (%(said)s). Check the application there and here, and sign in again.")

NO_REFRESH = {
    "google": N_("Google gave no token that lasts. Take the desk’s access away at myaccount.google.com/connections, "
                 "so that Google asks for consent anew, and sign in again."),
    "microsoft": N_("Microsoft gave no token that lasts. Allow the application offline_access there, and sign in again."),
}
OTHER_ACCOUNT = {
    "google": N_("%(account)s signed in, but this mailbox is %(expected)s. Nothing was changed. Sign in again as "
                 "%(expected)s; where it is only another name of %(account)s, enter that as user for IMAP and SMTP first."),
    "microsoft": N_("%(account)s signed in, but this mailbox is %(expected)s. Nothing was changed. Sign in again as "
                    "%(expected)s; where it is a shared mailbox that %(account)s may open, enter that as account first."),
}


def why_not(provider: str, error: str, description: str) -> str:
    """A sentence for people about what a provider refused."""
    said = first_line(f"{error}: {description}" if description else error).rstrip(".")
    sentence = next((words for errors, words in SENTENCES if error in errors), OTHER)
    return _(sentence, provider=NAMES[provider], said=said, address=redirect_address())
