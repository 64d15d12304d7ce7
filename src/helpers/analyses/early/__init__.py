"""Early warnings: what has just turned, what will cross a limit, which list grows, which data get worse."""
