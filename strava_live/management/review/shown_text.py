"""The text of a page as a person reads it: what is in <main>, with its form fields and buttons."""

from html.parser import HTMLParser

BLOCKS = {
    *("p", "li", "div", "section", "form", "fieldset", "legend", "summary", "details", "figcaption", "ul", "ol"),
    *("h1", "h2", "h3", "h4", "tr", "dt", "dd", "table", "article", "header", "button", "br"),
}
HIDDEN = {"nav", "script", "style", "svg", "template", "figure", "noscript", "datalist", "select", "textarea"}
VOID_FIELDS = {"checkbox": "[ ] ", "radio": "( ) "}
CHECKED_FIELDS = {"checkbox": "[x] ", "radio": "(x) "}


class ShownText(HTMLParser):
    """Collect the text inside <main>, one line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.is_inside = False
        self.hidden: list[str] = []
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "main":
            self.is_inside = True
        if tag in HIDDEN or ("hidden" in named and tag not in {"input", "img", "br"}):
            self.hidden.append(tag)
        elif self.hidden:
            self.hidden += [tag] if tag == self.hidden[0] else []
        elif self.is_inside:
            self.begin(tag, named)

    def begin(self, tag: str, named: dict[str, str | None]) -> None:
        kind = str(named.get("type", ""))
        if tag == "input" and kind in VOID_FIELDS:
            self.parts.append("\n" + (CHECKED_FIELDS if "checked" in named else VOID_FIELDS)[kind])
        elif tag == "img" and named.get("alt"):
            self.parts.append(str(named["alt"]))
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in {"h1", "h2", "h3", "h4"}:
            self.parts.append("\n\n" + "#" * int(tag[1]) + " ")
        elif tag in BLOCKS:
            self.parts.append("\n")
        if tag == "button":
            self.parts.append("[ ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.is_inside = False
        if self.hidden:
            if tag == self.hidden[-1]:
                self.hidden.pop()
        elif self.is_inside and tag == "button":
            self.parts.append(" ]\n")
        elif self.is_inside and tag in BLOCKS:
            self.parts.append("\n")
        elif self.is_inside and tag in {"td", "th"}:
            self.parts.append(" | ")

    def handle_data(self, data: str) -> None:
        if self.is_inside and not self.hidden:
            self.parts.append(data.replace("\n", " "))


def shown_text(html: str) -> str:
    """Return the text of a page's <main>, with empty lines only before headings."""
    reader = ShownText()
    reader.feed(html)
    lines = [" ".join(line.split()).removesuffix(" |") for line in "".join(reader.parts).split("\n")]
    kept = ["\n" + line if line.startswith("#") else line for line in lines if line and line not in {"-", "|"}]
    return "\n".join(kept).strip() + "\n"
