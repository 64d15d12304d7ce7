"""Where an organisation stands among others: groups, comparable values, spread."""
