"""What a reader is told instead of a page: refused, not found, or not possible now."""


class Said(Exception):  # noqa: N818 - it is an answer to a person, not an error of ours
    """One sentence to the reader. `status` is HTTP's; `back_url` is where to go on, relative to the page that was asked for."""

    def __init__(self, status: int, headline: str, sentence: str, back_url: str = "") -> None:
        super().__init__(headline)
        self.status, self.headline, self.sentence, self.back_url = status, headline, sentence, back_url
