"""How a look at the log can end other than well, and the exit code of each."""

from __future__ import annotations


class Misuse(Exception):
    """The witness was started wrongly, or a file of its own cannot be used. A person must act."""

    exit_code = 1


class Trouble(Exception):
    """Nothing was learnt: the network, the server, tiles that fit nothing. Try again later."""

    exit_code = 2


class Unproven(Trouble):
    """The tiles are not there, or do not lead to the root that was signed. A moment between two
    servers may look like this; a log that stays like this is hiding something."""


class Alarm(Exception):
    """The log shows what an honest log does not. ``seen`` is the note that it showed.

    ``lasting`` when the log signed it, so that it cannot be taken back: the witness then stays
    silent until a person has looked.
    """

    exit_code = 3

    def __init__(self, text: str, seen: str, *, lasting: bool) -> None:
        super().__init__(text)
        self.seen = seen
        self.lasting = lasting
