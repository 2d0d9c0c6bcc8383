"""A mail server of two ends: SMTP that takes our letters, IMAP that holds the citizens'.

Twisted speaks the protocols (it is here anyway, below Daphne); the mailbox is a list.
"""

from __future__ import annotations

import io
from email import message_from_bytes
from typing import Any

import twisted.cred.checkers
import twisted.cred.portal
import twisted.internet.reactor
import twisted.mail.imap4
import twisted.mail.smtp
import zope.interface.declarations
from twisted.internet import defer, protocol

from complaints.channelsim.state import State

# Half typed, and by interfaces the type checker does not know.
checkers: Any = twisted.cred.checkers
portal: Any = twisted.cred.portal
reactor: Any = twisted.internet.reactor
imap4: Any = twisted.mail.imap4
smtp: Any = twisted.mail.smtp
implementer: Any = zope.interface.declarations.implementer


@implementer(imap4.IMessage, imap4.IMessageFile)
class Letter:
    """One letter in the mailbox."""

    def __init__(self, uid: int, raw: bytes) -> None:
        self.uid, self.raw, self.flags = uid, raw, set[str]()

    def getUID(self) -> int:
        """Its number for ever."""
        return self.uid

    def getFlags(self) -> list[str]:
        """What was done with it."""
        return sorted(self.flags)

    def getInternalDate(self) -> str:
        """When it came; nobody here asks."""
        return "12-May-2026 09:53:02 +0000"

    def getHeaders(self, negate: bool, *names: Any) -> dict[str, str]:
        """Its header, all of it or some."""
        wanted = {(n.decode() if isinstance(n, bytes) else n).lower() for n in names}
        headers = message_from_bytes(self.raw).items()
        return {name.lower(): value for name, value in headers if (name.lower() in wanted) != bool(negate)}

    def getBodyFile(self) -> io.BytesIO:
        """What follows the header."""
        return io.BytesIO(self.raw.partition(b"\r\n\r\n")[2])

    def open(self) -> io.BytesIO:
        """All of it, byte for byte."""
        return io.BytesIO(self.raw)

    def getSize(self) -> int:
        """Bytes."""
        return len(self.raw)

    def isMultipart(self) -> bool:
        """It is served whole."""
        return False

    def getSubPart(self, part: int) -> Any:
        """It is served whole."""
        raise IndexError(part)


@implementer(imap4.IMailbox)
class Mailbox:
    """The citizens' letters."""

    def __init__(self) -> None:
        self.validity, self.next_uid = 1, 1
        self.letters: list[Letter] = []

    def put(self, raw: bytes) -> int:
        """A letter arrives."""
        self.letters.append(Letter(self.next_uid, raw))
        self.next_uid += 1
        return self.next_uid - 1

    def renumber(self) -> None:
        """As after a restored backup: every UID means another letter now."""
        self.validity += 1
        self.next_uid = 1
        for letter in self.letters:
            letter.uid = self.next_uid
            self.next_uid += 1

    def fetch(self, messages: Any, uid: bool) -> list[tuple[int, Letter]]:
        """The letters of a set, with their places."""
        messages.last = self.next_uid - 1 if uid else len(self.letters)
        numbered = list(enumerate(self.letters, 1))
        return [(place, one) for place, one in numbered if (one.uid if uid else place) in messages]

    def store(self, messages: Any, flags: Any, mode: int, uid: bool) -> dict[int, list[str]]:
        """Marks letters."""
        done: dict[int, list[str]] = {}
        for place, letter in self.fetch(messages, uid):
            letter.flags = (letter.flags | set(flags)) if mode == 1 else set(flags)
            done[place] = letter.getFlags()
        return done

    def getUIDValidity(self) -> int:
        """Changes when UIDs mean others."""
        return self.validity

    def getUIDNext(self) -> int:
        """The next letter's."""
        return self.next_uid

    def getUID(self, message: int) -> int:
        """Of a place."""
        return self.letters[message - 1].uid

    def getMessageCount(self) -> int:
        """All of them."""
        return len(self.letters)

    def getRecentCount(self) -> int:
        """None are recent."""
        return 0

    def getUnseenCount(self) -> int:
        """Unread ones."""
        return sum("\\Seen" not in letter.flags for letter in self.letters)

    def isWriteable(self) -> bool:
        """Letters can be marked."""
        return True

    def getFlags(self) -> list[str]:
        """What a letter can be marked as."""
        return ["\\Seen", "\\Deleted"]

    def getHierarchicalDelimiter(self) -> str:
        """Of folders, of which there is one."""
        return "/"

    def requestStatus(self, names: Any) -> Any:
        """Figures."""
        return imap4.statusRequestHelper(self, names)

    def addListener(self, listener: Any) -> None:
        """Nobody is told by itself."""

    def removeListener(self, listener: Any) -> None:
        """Nobody is told by itself."""

    def addMessage(self, message: Any, flags: Any = (), date: Any = None) -> Any:
        """A client may not put letters here."""
        return defer.fail(imap4.MailboxException("read only"))

    def expunge(self) -> list[int]:
        """Nothing is ever removed."""
        return []

    def destroy(self) -> None:
        """Nothing is ever removed."""


@implementer(portal.IRealm)
class Realm:
    """Whoever logs in gets the one account."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def requestAvatar(self, avatar: Any, mind: Any, *interfaces: Any) -> Any:
        """The account."""
        account = imap4.MemoryAccount("lapor")
        account.addMailbox("INBOX", self._mailbox)
        return imap4.IAccount, account, lambda: None


class Taken:
    """A letter of ours while it comes in; whole, it is kept."""

    def __init__(self, state: State, to: str) -> None:
        self._state, self._to, self._lines = state, to, list[bytes]()

    def lineReceived(self, line: bytes) -> None:
        """One line."""
        self._lines.append(line)

    def eomReceived(self) -> Any:
        """The end: the fault in force decides."""
        raw = b"\r\n".join(self._lines) + b"\r\n"
        named = str(message_from_bytes(raw).get("Message-ID", ""))
        self._state.took("email", named, to=self._to, text=raw.decode("utf-8", "replace"))
        return defer.succeed(None)

    def connectionLost(self) -> None:
        """Half a letter is none."""


@implementer(smtp.IMessageDelivery)
class Delivery:
    """Who is known here: everybody but ``nobody@…``; ``later@…`` is asked to wait."""

    def __init__(self, state: State) -> None:
        self._state = state

    def receivedHeader(self, helo: Any, origin: Any, recipients: Any) -> bytes:
        """The server's own line."""
        return b"Received: by channelsim"

    def validateFrom(self, helo: Any, origin: Any) -> Any:
        """Everybody may write."""
        return origin

    def validateTo(self, user: Any) -> Any:
        """Some addresses are refused."""
        fault = self._state.faults.due("email")
        if fault is not None and fault.kind == "error":
            raise smtp.SMTPServerError(int(fault.values["code"]), "not now")
        if fault is not None and fault.kind == "drop":
            user.protocol.transport.abortConnection()
        if user.dest.local == b"nobody":
            raise smtp.SMTPBadRcpt(user)
        if user.dest.local == b"later":
            raise smtp.SMTPServerError(451, "greylisted")
        return lambda: implementer(smtp.IMessage)(Taken)(self._state, str(user.dest))


def listen(state: State) -> dict[str, int]:
    """Opens both ports; returns them. `run` must follow."""
    config, mailbox = state.config, Mailbox()
    state.mailbox = mailbox
    gate = portal.Portal(Realm(mailbox))
    known = checkers.InMemoryUsernamePasswordDatabaseDontUse()
    known.addUser(config.mail_user.encode(), config.mail_password.encode())
    gate.registerChecker(known)
    ports: dict[str, int] = {}
    for name, wanted, factory in (
        ("smtp_port", config.smtp_port, _smtp(state)),
        ("imap_port", config.imap_port, _imap(gate)),
    ):
        if wanted >= 0:
            ports[name] = reactor.listenTCP(wanted, factory, interface=config.host).getHost().port
    return ports


def _smtp(state: State) -> Any:
    def build(address: Any) -> Any:
        server = smtp.ESMTP()
        server.delivery = Delivery(state)
        return server

    factory: Any = protocol.ServerFactory()
    factory.buildProtocol = build
    return factory


def _imap(gate: Any) -> Any:
    def build(address: Any) -> Any:
        server = imap4.IMAP4Server(chal={})
        server.portal = gate
        return server

    factory: Any = protocol.ServerFactory()
    factory.buildProtocol = build
    return factory


def run() -> None:
    """Serves until it is told to stop."""
    reactor.run()
