"""`python -m helpers.cli`: the command where no script of its own is on the path."""

from helpers.cli import main

main()
