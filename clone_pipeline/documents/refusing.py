"""Why a file gives no text."""


class Unreadable(Exception):
    """A file that gives no text; its words are the reason, such as "encrypted"."""
