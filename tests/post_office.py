"""Stands where the mail server stands, behind the outbox: takes letters, or is down."""

import email
import email.policy
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Taken:
    """A letter that was taken."""

    subject: str
    recipients: tuple[str, ...]
    text: str
    html: str
    message_id: str


@dataclass
class PostOffice:
    """`letters` are what it took, `notes` what a chat took: (Connection, text)."""

    letters: list[Taken] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    down: bool = False

    def take(self, message) -> None:
        if self.down:
            raise ConnectionRefusedError("the mail server is down")
        read = email.message_from_bytes(bytes(message), policy=email.policy.default)
        bodies = {kind: read.get_body((kind,)) for kind in ("plain", "html")}
        self.letters.append(
            Taken(
                " ".join(read["Subject"].split()),
                tuple(each.strip() for each in str(read["To"] or "").split(",") if each.strip()),
                *(body.get_content() if body is not None else "" for body in bodies.values()),
                str(read["Message-ID"]),
            )
        )

    def note(self, connection_id: str, message: bytes) -> None:
        if self.down:
            raise ConnectionRefusedError("the chat is down")
        self.notes.append((connection_id, message.decode()))

    @property
    def subjects(self) -> list[str]:
        return [letter.subject for letter in self.letters]

    def emptied(self) -> list[str]:
        """The subjects of what it took, which it then forgets."""
        taken = self.subjects
        self.letters.clear()
        return taken


def later(db) -> None:
    """Long enough for the outbox to try again."""
    with db.transaction(), db._connection.cursor() as cursor:
        cursor.execute("UPDATE outbox SET next_try_at = now() WHERE sent_at IS NULL")
