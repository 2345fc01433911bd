"""A page as a test reads it: its tables by their heads, its words, its tags. By the parser that Python brings."""

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br"}


class PageReader(HTMLParser):
    """`tables`: a list of rows each, a row a list of cells. `words`: all that is seen. `tags`: (name, attributes) each."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables, self.tags, self._open, self._seen = [], [], [], []
        self.feed(html)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    @property
    def words(self) -> str:
        return " ".join("".join(self._seen).split())

    def table(self, *heads: str) -> list[list[str]]:
        """The rows below the head that begins so; of all such tables, one after the other."""
        found = [table for table in self.tables if table[0][: len(heads)] == list(heads)]
        assert found, f"no table begins with {heads}"
        return [row for table in found for row in table[1:]]

    def after(self, heading: str) -> str:
        """The words that follow a heading or a sentence."""
        assert heading in self.words, heading
        return self.words.partition(heading)[2]

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag in ("br", "small", "p", "li", "h1", "h2", "h3", "strong", "text"):
            self._say(" ")

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag, f"</{tag}> closes something else"
        if tag in ("td", "th"):
            row = self.tables[-1][-1]
            row[-1] = " ".join(row[-1].split())
        self._say(" ")

    def handle_data(self, data):
        if "style" not in self._open:
            self._say(data)

    def _say(self, text):
        self._seen.append(text)
        if {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += text
