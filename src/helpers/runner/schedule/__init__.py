"""When reports are due by themselves: `params/_schedule.yml` less what the history says was done.

`reading` reads the file, `times` knows the moments of a rule, `due` which of them are to be made; `export` writes what
other schedulers need.
"""

from typing import Final

FILE: Final = "_schedule.yml"
