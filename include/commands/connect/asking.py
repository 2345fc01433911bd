"""What both commands do with a person: show the link, open the browser, take what comes back, choose."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from include.commands.connect.redirect_page import Judge, NobodyCameError, wait_for_answer
from include.connecting.books import NotConnectedError

PORT = 8912
WAIT_S = 600.0  # to log in, read and press; the code that comes of it lives 5 minutes (xero.md 1.2)


def arguments(what: str, words: str) -> argparse.ArgumentParser:
    """What both commands are asked with."""
    parser = argparse.ArgumentParser(prog=f"connect-{what}", description=words)
    parser.add_argument("--store", required=True, metavar="KEY", help="the store's key: the name of its file")
    parser.add_argument(
        "--port", type=int, default=PORT, help="of the page on this machine; as it is registered with the app"
    )
    parser.add_argument(
        "--redirect-uri",
        default="",
        help="the registered address, if it is another than http://localhost:PORT/callback",
    )
    parser.add_argument(
        "--paste", action="store_true", help="no page here: paste the address to which the browser was sent"
    )
    parser.add_argument("--no-browser", action="store_true", help="only show the link")
    return parser


def redirect_of(asked: argparse.Namespace) -> str:
    """The address to which the vendor sends the browser, byte for byte."""
    return str(asked.redirect_uri or f"http://localhost:{asked.port}/callback")


def answer_of(link: str, asked: argparse.Namespace, judge: Judge) -> dict[str, str]:
    """Show the link; what the browser brings back. Raises NotConnectedError."""

    def show() -> None:
        print(f"Open this address, log in and allow access:\n\n  {link}\n", flush=True)
        if not asked.no_browser and _has_display():
            webbrowser.open(link)

    if asked.paste:
        show()
        # What is typed holds a code: it is read without an echo where that is possible.
        return judged(dict(parse_qsl(urlsplit(_unseen("Paste the address of the page that came then: ")).query)), judge)
    try:
        path = urlsplit(redirect_of(asked)).path or "/"
        return wait_for_answer(asked.port, path, judge, ready=show, timeout_s=WAIT_S)
    except NobodyCameError as error:
        raise NotConnectedError(f"{error}.") from None


def judged(told: dict[str, str], judge: Judge) -> dict[str, str]:
    """The same, if it may be taken. Raises NotConnectedError."""
    wrong = judge(told)
    if wrong:
        raise NotConnectedError(wrong)
    return told


def choose(what: str, choices: Mapping[str, str], wanted: str) -> str:
    """The key of the choice: the only one, the one whose key or name is `wanted`, or the one that the person names.

    Raises NotConnectedError.
    """
    found = [key for key, name in choices.items() if wanted in (key, name)] if wanted else list(choices)
    listed = "\n".join(f"  {at}  {name}  ({key})" for at, (key, name) in enumerate(choices.items(), 1))
    if len(found) == 1:
        return found[0]
    if wanted or not choices or not sys.stdin.isatty():
        raise NotConnectedError(f"{what}: {f'{wanted!r} is not one of them' if wanted else 'name one'}\n{listed}")
    print(f"{what}:\n{listed}")
    said = input("Which one? ").strip()
    if not said.isdigit() or not 0 < int(said) <= len(found):
        raise NotConnectedError(f"{said!r} is not one of them.")
    return found[int(said) - 1]


def secret(name: str, kept: str, words: str) -> str:
    """A secret: as it is kept, as the environment variable says, or as the person types it. Raises NotConnectedError."""
    said = kept or os.environ.get(name, "")
    if not said and sys.stdin.isatty():
        said = _unseen(f"{words}: ")
    if not said:
        raise NotConnectedError(f"{words} is not known: set {name}.")
    return said


def yes(question: str) -> bool:
    """Whether the person agrees; nobody at a terminal does not."""
    return sys.stdin.isatty() and input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def words(names: Sequence[str]) -> str:
    """Names in a sentence."""
    return ", ".join(sorted(names))


def _unseen(prompt: str) -> str:
    from getpass import getpass

    return (getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
