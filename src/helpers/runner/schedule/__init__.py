"""When reports are due by themselves: `params/_schedule.yml` less what the history says was done."""
