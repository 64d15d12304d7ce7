"""What a part is as a frame, a figure, a table and words, and what it refuses."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from matplotlib.figure import Figure

from helpers.bundle import Bundle, Column
from helpers.errors import UsageError
from helpers.report.arguments import names_near_misses
from helpers.report.charts.canvas import ReportFigure, canvas
from helpers.report.parts import Field, Headline, Named, Part

FIELDS = (
    Field("specialty", Column(label="Specialty")),
    Field("patients", Column(label="Patients", kind="count")),
    Field("stay", Column(label="Stay", kind="rate", unit="days", digits=1)),
    Field("low", Column(label="Lower", kind="model", digits=1), usual=False),
)
ROWS = (("A", 120, 4.25, 4.0), ("B", "*", "*", "*"), ("C", 30, 6.5, 5.0))


def draw_line(length: int) -> Figure:
    figure, axes = canvas(2)
    axes.plot(range(length))
    return figure


@pytest.fixture
def stays() -> Part:
    words = Named({"first": "It is **4**.", "second": "It was 5."})
    return Part(
        "stays", Bundle(kind="text", id="stays", origin="records"), FIELDS, ROWS,
        caption="Stays.", alt="A line.", words=words, values=Named({"patients": 150}), chart=partial(draw_line, 3),
    )  # fmt: skip


def test_the_frame_is_tidy_and_has_nothing_for_what_is_hidden(stays: Part) -> None:
    frame = stays.frame
    assert list(frame.columns) == ["specialty", "patients", "stay", "low"]
    assert frame["patients"].sum() == 150
    assert frame["stay"].isna().tolist() == [False, True, False]
    assert "days" in set(stays.columns["unit"])


def test_a_table_has_the_columns_order_and_rows_that_are_asked_for(stays: Part) -> None:
    bundle = stays.table(
        columns={"specialty": "Group", "low": "At least"}, sort="-low", top=2, formats={"low": ".2f"}
    ).bundle
    assert [column.label for column in bundle.columns] == ["Group", "At least"]
    assert bundle.rows == (("C", "5.00"), ("A", "4.00"))
    assert (bundle.id, bundle.caption, bundle.suppressed) == ("tbl-stays", "Stays.", 0)


def test_a_column_in_which_nothing_stands_is_left_out(stays: Part) -> None:
    note = Field("note", Column(label="Note", kind="text"))
    notes = ("", "few", "")
    noted, bare = (
        replace(
            stays,
            fields=(*FIELDS, note),
            rows=tuple((*row, note) for row, note in zip(ROWS, told, strict=True)),
        )
        for told in (notes, ("", "", ""))
    )
    assert [column.label for column in noted.table().bundle.columns][-1] == "Note"
    assert [column.label for column in bare.table(columns=["specialty", "note"]).bundle.columns] == [
        "Specialty"
    ]


def test_a_number_of_numpy_among_the_cells_is_counted_as_python_has_it(stays: Part) -> None:
    shown = replace(stays, rows=(("A", np.float64(120), "*", "*"),)).table().bundle
    assert shown.suppressed == 1
    assert type(shown.suppressed) is int


def test_what_is_hidden_comes_last_and_stays_hidden(stays: Part) -> None:
    bundle = stays.table(sort="patients", formats={"stay": ".3f"}).bundle
    assert [row[0] for row in bundle.rows] == ["C", "A", "B"]
    assert bundle.rows[-1] == ("B", "*", "*")
    assert bundle.suppressed == 2


def test_wrong_columns_are_all_named_with_near_misses(stays: Part) -> None:
    with pytest.raises(UsageError) as told:
        stays.table(columns=["speciality"], formats={"stays": ".1f"}, sort="-lows")
    assert all(word in str(told.value) for word in ("speciality", "specialty", "stays", "lows"))


def test_a_figure_can_be_altered_before_it_is_shown(stays: Part) -> None:
    figure = stays.figure(caption="Other.", label="fig-other")
    assert isinstance(figure, ReportFigure)
    figure.axes[0].set_title("Of one's own")
    assert figure.bundle is not None
    assert (figure.bundle.id, figure.bundle.caption, figure.bundle.alt) == (
        "fig-other",
        "Other.",
        "A line.",
    )
    assert len(figure.bundle.columns) == 4


def test_words_are_chosen_by_name(stays: Part) -> None:
    assert stays.say("second", "first").bundle.markdown == "It was 5. It is **4**."
    assert stays.words.first == "It is **4**."
    assert "first" in dir(stays.words)
    with pytest.raises(UsageError, match="second"):
        stays.say("secnd")
    with pytest.raises(AttributeError, match="patients"):
        _ = stays.values.patient


def test_bare_it_is_its_picture_and_its_sentences(stays: Part) -> None:
    assert [each.bundle.kind for each in stays.shown] == ["figure", "text"]


def test_it_leaves_a_process_whole(stays: Part) -> None:
    again = pickle.loads(pickle.dumps(stays))
    assert again.table().bundle == stays.table().bundle
    assert again.figure().bundle == stays.figure().bundle  # type: ignore[attr-defined]  # set when it is made
    assert again.words.first == stays.words.first


def test_a_headline_says_the_sentences_that_are_named() -> None:
    words = Named({"ratio": "**Longer.**", "worth": "", "trend": "Rising."})
    headline = Headline("headline", Bundle(kind="headline", id="headline"), words=words)
    assert headline().bundle.markdown == "**Longer.**\n\nRising."
    assert headline("trend").bundle.markdown == "Rising."


def test_without_a_picture_it_says_what_to_show_instead() -> None:
    bare = Part("none", Bundle(kind="text", id="none"), words=Named({"why": "Too few."}))
    with pytest.raises(UsageError, match=r"none\.say\(\)"):
        bare.figure()
    with pytest.raises(UsageError, match="no table"):
        bare.table()


def test_a_misspelt_option_names_the_one_that_was_meant() -> None:
    @names_near_misses
    def analyse(report: object, *, benchmark: str = "") -> str:
        return f"{report} {benchmark}"

    with pytest.raises(UsageError, match="benchmark"):
        analyse("r", benchmrk="x")  # type: ignore[call-arg]
    assert analyse("r", benchmark="x") == "r x"
