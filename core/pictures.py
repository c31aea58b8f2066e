"""Pictures that people upload, made small, square and harmless: drawn anew, so that nothing but the picture is kept."""

from __future__ import annotations

import io
import warnings

from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _

#: Bytes and pixels at most of what is uploaded; the length of a side of what is kept.
LARGEST, PIXELS, SIDE = 10_000_000, 60_000_000, 256
FORMATS = ("JPEG", "PNG", "WEBP")


def square(content: bytes) -> bytes:
    """The middle of a picture as a JPEG of 256 by 256, without what the camera wrote beside it: place, time, thumbnails.

    Raises Refused for what is no JPEG, PNG or WebP, is broken, or would take more memory than a photo does.
    """
    from PIL import Image, ImageOps  # only here: who draws no picture does without

    if len(content) > LARGEST:
        raise _refused(_("The picture is larger than %(most)s MB.", most=LARGEST // 1_000_000))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as given:
                if given.width * given.height > PIXELS:
                    raise _refused(N_("The picture has too many pixels."))
                given.draft("RGB", (2 * SIDE, 2 * SIDE))
                turned = ImageOps.exif_transpose(given).convert("RGBA")
            small = ImageOps.fit(turned, (SIDE, SIDE))
        drawn = Image.new("RGB", (SIDE, SIDE), "white")
        drawn.paste(small, mask=small.getchannel("A"))
        kept = io.BytesIO()
        drawn.save(kept, "JPEG", quality=85, optimize=True)
        return kept.getvalue()
    except Image.DecompressionBombError as error:
        raise _refused(N_("The picture has too many pixels.")) from error
    except (Image.DecompressionBombWarning, OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        raise _refused(N_("This is no picture that can be read. Choose a JPEG, PNG or WebP.")) from error


def _refused(said: str) -> Refused:
    return Refused(said, {"photo": said})
