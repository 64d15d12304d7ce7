"""The frame of a preview: a new page appears by itself, at the place where its reader was; mistakes are read out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from helpers.cli.drafts import Board, handler_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGE = "<!DOCTYPE html><html lang='en-GB'><title>x</title><h1>{}</h1><p style='height: 5000px'>x</p>"


@pytest.fixture
def served() -> Iterator[tuple[Board, str]]:
    board = Board()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(board, "token")) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield board, f"http://127.0.0.1:{server.server_address[1]}/token/"
        server.shutdown()
        thread.join()
        board.begin()  # whoever still waits for news is answered


def test_a_new_page_appears_where_its_reader_was(browser: Browser, served: tuple[Board, str]) -> None:
    board, address = served
    context = browser.new_context()
    page: Page = context.new_page()
    board.show(PAGE.format("First").encode(), "12:00:00, ran and rendered in 3.0 s", [])
    page.goto(address)
    report = page.frame_locator("iframe")
    report.get_by_role("heading", name="First").wait_for()
    scrolled: Callable[[], object] = lambda: page.evaluate("frames[0].scrollY")  # noqa: E731
    page.evaluate("frames[0].scrollTo(0, 700)")
    board.show(PAGE.format("Second").encode(), "12:00:09, only rendered in 1.0 s", [])
    report.get_by_role("heading", name="Second").wait_for()
    page.wait_for_function("frames[0].scrollY === 700")
    assert scrolled() == 700
    board.refuse("12:00:20", ["cell 5: <b>no</b> such column."])
    page.get_by_text("The page below is the one before.").wait_for()
    assert page.get_by_role("alert").inner_text() == "cell 5: <b>no</b> such column."
    context.close()
