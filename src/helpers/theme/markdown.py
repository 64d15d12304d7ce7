"""Words that come from data, made safe to stand in a Markdown document.

Names of organisations, measures and files are data: whatever they contain is shown as it is and never
becomes markup, a link, a reference, an equation or a second table cell.
"""

from __future__ import annotations

import re
import unicodedata

# Between two word characters a full stop, hyphen or apostrophe is never markup; left alone, the
# document stays readable ("4.2", "criteria-led", "St Mary's").
_MARKUP = re.compile(r"(?<=\w)[.'-](?=\w)|[,;%?]|([!-/:-@\[-`{-~])", re.ASCII)
# No-break spaces (U+00A0, U+202F) are meant and kept.
_SPACES = re.compile(r"[ \t\r\n\f\v\x1c-\x1f\x85\u2028\u2029]+")
_WORDS_IN_LABEL = 6
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Quarto runs `{{< … >}}` wherever it stands, escaped or not, in attributes and alt texts too: an invisible
# sign between the braces keeps a name from reading the environment or a file.
WORD_JOINER = "\u2060"
_MARKS = re.compile(r"\\([!-/:-@\[-`{-~])|\*+")
_SHORT_CODE = re.compile(r"(?<=\{)(?=\{<)|(?<=>)(?=\}\})")


def plain_line(text: str) -> str:
    """Return the text as one line without control characters.

    >>> plain_line("North\\n  moor\\x07")
    'North moor'
    """
    shown = text if text.isprintable() else "".join(filter(_is_shown, text))
    return _SPACES.sub(" ", shown).strip()


def _is_shown(sign: str) -> bool:
    if _SPACES.match(sign):
        return True
    return unicodedata.category(sign) not in {"Cc", "Cs", "Cn"} and sign not in _BIDI_CONTROLS


def plain_words(markdown: str) -> str:
    """Return the words of a paragraph without its marks: what `escape_markdown` escaped, bold, italics.

    >>> plain_words(f"**Two of 22** measures {escape_markdown('(A&E*)')} need *attention*.")
    'Two of 22 measures (A&E*) need attention.'
    """
    return plain_line(_MARKS.sub(lambda match: match[1] or "", markdown)).replace(WORD_JOINER, "")


def label_of(prefix: str, words: str) -> str:
    """Return a label made of the first words of a caption, in plain letters.

    >>> label_of("tbl-", "Café beds, by ward and by month")
    'tbl-cafe-beds-by-ward-and-by'
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return prefix + "-".join(re.findall(r"[a-z0-9]+", plain)[:_WORDS_IN_LABEL])


def break_short_codes(text: str) -> str:
    """Return the text so that Quarto finds no short code in it, wherever it stands."""
    return _SHORT_CODE.sub(WORD_JOINER, text)


def escape_markdown(text: str) -> str:
    """Return the text as one line that Markdown (pandoc's and Quarto's) shows exactly, wherever it stands.

    >>> print(escape_markdown("A|B *new* <script> $5"))
    A\\|B \\*new\\* \\<script\\> \\$5
    """
    line = break_short_codes(plain_line(text))
    return _MARKUP.sub(lambda match: f"\\{match[1]}" if match[1] else match[0], line)
