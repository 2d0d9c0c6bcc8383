"""What a code means, in words that say what to do: to those who handle the report, and to its citizen."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commandcenter.city.media.problems import Problem

WORDS: dict[str, str | Promise] = {
    Problem.EMPTY: _("The file is empty. Take it again, or choose another."),
    Problem.TYPE: _("This kind of file is not taken. Photos: JPEG, PNG, WebP, HEIC. Videos: MP4, MOV, 3GP."),
    Problem.NAME: _("The name says another kind than the content. Send it as the camera made it."),
    Problem.UNDECODABLE: _("The file is damaged and cannot be opened. Take it again, or choose another."),
    Problem.TOO_MANY_PIXELS: _("The picture is too large (photos up to 50 megapixels, videos up to 4K)."),
    Problem.TOO_MANY_FRAMES: _("The video has too many pictures a second. Record it at normal speed."),
    Problem.TOO_LONG: _("The video is too long. Send a shorter one."),
    Problem.TOO_LARGE: _("The file is too large. Send a smaller one."),
    Problem.TOO_SLOW: _("Opening the file took too long. Send a shorter or smaller one."),
    Problem.TOO_HEAVY: _("The file needs too much to be opened. Send a smaller one."),
    Problem.INFECTED: _("The virus scan found something in this file; it is not opened."),
    Problem.STORAGE: _("Our storage failed. Send the file again."),
    Problem.GAVE_UP: _("The file could not be opened after several tries."),
    Problem.SCANNER: _("Waiting for the virus scan."),
    Problem.AWAY: _("The provider does not give the file out: it cannot be reached or has a fault."),
    Problem.NO_ENTRY: _(
        "The provider no longer takes our token. The file is fetched once the channel is mended."
    ),
    Problem.GONE: _("The provider no longer has the file. Ask the citizen to send it again."),
    Problem.ADDRESS: _("The file lies at an address that may not be opened from here."),
    Problem.PAGE: _("The provider sent a web page instead of the file."),
    Problem.DIFFERS: _("What arrived is not the file that was announced."),
    Problem.PACKED: _("Archives and letters within letters are not opened. Ask for the photos themselves."),
    Problem.TOO_MANY: _("Too many files for one report; this one was not fetched."),
    Problem.NOT_FETCHED: _("The file could not be fetched. Ask the citizen to send it again."),
}

_AGAIN = _("We could not get this file from the service you sent it with. Send it again.")
FOR_CITIZENS: dict[str, str | Promise] = {
    Problem.AWAY: _AGAIN,
    Problem.GONE: _AGAIN,
    Problem.PAGE: _AGAIN,
    Problem.DIFFERS: _AGAIN,
    Problem.NOT_FETCHED: _AGAIN,
    Problem.NO_ENTRY: _("The file will be fetched once our own fault is mended."),
    Problem.ADDRESS: _("The file lies at an address that we may not open. Send the file itself."),
    Problem.PACKED: _("Archives and letters within letters are not opened. Send the photos themselves."),
    Problem.TOO_MANY: _("Too many files for one report; this one was not taken."),
}
"""Where the words for the desk speak of the citizen, or of what is none of his business."""


def words_of(code: str) -> str:
    """The words of a stored code; an unknown one is shown as it is."""
    return str(WORDS.get(code, code))


def words_for_citizen(code: str) -> str:
    """The same for the one who sent the file; an unknown code says only that it could not be used."""
    fallback = WORDS.get(code, _("The file could not be used."))
    return str(FOR_CITIZENS.get(code, fallback))
