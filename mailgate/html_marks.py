"""How mail programs mark in HTML what they quote: elements that become quoted lines, separators or drawn lines of a text."""

from __future__ import annotations

from core.html_text import to_text

#: A blockquote that is no more than a margin is how people indent their own words (Gmail, Apple Mail, Outlook on the web).
CITATIONS = "blockquote[style*='margin']:not([type], [cite], [id], [style*='border-left']):not([class]:not([class='']))"
QUOTES = (
    f"blockquote:not({CITATIONS}), .gmail_attr:has(+ blockquote), .moz-cite-prefix, #OLK_SRC_BODY_SECTION, [class*='yahoo_quoted'],"
    " [id*='yahoo_quoted'], .zmail_extra, .tutanota_quote, .ox_primary_quote, .quoted-text"
)
REST_IS_QUOTED = (
    "#divRplyFwdMsg, #x_divRplyFwdMsg, #stopSpelling, .OutlookMessageHeader, .ms-outlook-mobile-reference-message,"
    " #mail-editor-reference-message-container, .moz-forward-container, .BeginQuote, #isReplyContent, hr[id*=stopSpelling]"
)
RULED = (
    "div[style*='border-top:solid #E1E1E1'], div[style*='border-top:solid #B5C4DF'],"
    " div[style*='border-top: 1pt solid rgb(225, 225, 225)'], div[style*='border-top: 1pt solid rgb(181, 196, 223)']"
)
MARKERS = (
    "blockquote", "gmail_attr", "moz-cite", "yahoo_quoted", "zmail_extra", "divrplyfwdmsg", "stopspelling", "outlookmessageheader",
    "reference-message", "olk_src", "moz-forward", "e1e1e1", "b5c4df", "rgb(225, 225", "rgb(181, 196", "ox_primary_quote",
    "beginquote", "isreplycontent", "tutanota_quote", "quoted-text",
)


def has_marks(html: str) -> bool:
    """Whether a mail program says anywhere in this HTML that something is quoted."""
    lower = html.lower()
    return any(marker in lower for marker in MARKERS)


def marked(html: str) -> str:
    """The text of HTML with its quotes as quoted lines and separators."""
    return to_text(html, quoted=QUOTES, cited=CITATIONS, separators=REST_IS_QUOTED, ruled=RULED)
