"""Words from data as Markdown: pandoc gives them back unchanged."""

from __future__ import annotations

import json
import subprocess

import pypandoc
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.runner.render.embedded import READER
from helpers.theme.markdown import escape_markdown, plain_line

# without the word joiner, which is put between the braces of a short code
WORDS = st.text(
    alphabet=st.one_of(
        st.sampled_from("\\`*_{}[]()<>#+-.!|$@&~^:;\"'=%/ \n1aA"),
        st.characters(exclude_characters="\u2060"),
    ),
    max_size=30,
)


def back(markdowns):
    """What pandoc reads from table cells, as plain text."""
    table = "| a |\n|---|\n" + "".join(f"| x{text}x |\n" for text in markdowns)
    command = [pypandoc.get_pandoc_path(), f"--from={READER}-smart", "--to=json"]
    tree = json.loads(subprocess.run(command, input=table.encode(), capture_output=True, check=True).stdout)
    (block,) = tree["blocks"]
    assert block["t"] == "Table"
    return [said(row[1][0][4]) for row in block["c"][4][0][3]]


def said(cell):
    if not cell:
        return ""
    (plain,) = cell
    assert {inline["t"] for inline in plain["c"]} <= {"Str", "Space"}
    return "".join(inline.get("c", " ") for inline in plain["c"])


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=20))
def test_any_words_survive_as_words(texts):
    wanted = [f"x{plain_line(text)}x" for text in texts]
    assert [
        text.replace("\u2060", "") for text in back([escape_markdown(text) for text in texts])
    ] == wanted


def test_names_as_they_are_stay_readable():
    assert (
        escape_markdown("St Mary's criteria-led stay of 4.2 days; 7 %")
        == "St Mary's criteria-led stay of 4.2 days; 7 %"
    )


def test_direction_marks_and_control_characters_go():
    assert plain_line("a\u202eb\u200fc\x00d\ud800e") == "abcde"


def test_no_break_spaces_stay():
    assert plain_line("7.9\u00a0%\u202fx") == "7.9\u00a0%\u202fx"
