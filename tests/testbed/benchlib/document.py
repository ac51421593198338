# SPDX-License-Identifier: GPL-2.0
"""A text with tables and pictures, as Markdown and as a page of HTML."""

from html import escape

STYLE = """body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;
color:#222;background:#fff}table{border-collapse:collapse;margin:1em 0}
th,td{border:1px solid #999;padding:.2em .6em;text-align:right}
th:first-child,td:first-child{text-align:left}svg{max-width:100%;height:auto}
pre{overflow:auto}@media (prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}}"""


class Document:
    """Blocks, each a kind and what it consists of."""

    def __init__(self, title):
        self.title = title
        self.blocks = []

    def heading(self, text, level=2):
        self.blocks.append(("heading", level, text))

    def paragraph(self, text):
        self.blocks.append(("paragraph", text))

    def table(self, header, rows):
        self.blocks.append(("table", header, rows))

    def picture(self, name, svg, words):
        """@name is unique, that of a file without its suffix."""
        self.blocks.append(("picture", name, svg, words))

    def verbatim(self, text):
        self.blocks.append(("verbatim", text))

    def pictures(self):
        """File name -> SVG."""
        return {f"{block[1]}.svg": block[2] for block in self.blocks
                if block[0] == "picture"}

    def markdown(self):
        return "\n\n".join([f"# {self.title}",
                            *(MARKDOWN[kind](*rest) for kind, *rest in self.blocks)]) + "\n"

    def html(self):
        body = "\n".join(HTML[kind](*rest) for kind, *rest in self.blocks)
        return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
                f"<title>{escape(self.title)}</title><style>{STYLE}</style></head>\n"
                f"<body><h1>{escape(self.title)}</h1>\n{body}\n</body></html>\n")


def _cell(text):
    return str(text).replace("|", "\\|")


def _markdown_table(header, rows):
    lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in (header, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(header), *lines[1:]])


def _html_table(header, rows):
    line = lambda tag, cells: "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>"
                                               for cell in cells) + "</tr>"
    return "\n".join(["<table>", line("th", header),
                      *(line("td", row) for row in rows), "</table>"])


MARKDOWN = {
    "heading": lambda level, text: f"{'#' * level} {text}",
    "paragraph": lambda text: text,
    "table": _markdown_table,
    "picture": lambda name, svg, words: f"![{words}]({name}.svg)",
    "verbatim": lambda text: f"```\n{text.rstrip()}\n```",
}
HTML = {
    "heading": lambda level, text: f"<h{level}>{escape(text)}</h{level}>",
    "paragraph": lambda text: f"<p>{escape(text)}</p>",
    "table": _html_table,
    "picture": lambda name, svg, words: f"<figure>{svg}<figcaption>{escape(words)}"
                                        "</figcaption></figure>",
    "verbatim": lambda text: f"<pre>{escape(text.rstrip())}</pre>",
}
