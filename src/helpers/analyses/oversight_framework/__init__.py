"""The national oversight framework: where a trust stands, what moves it, how far it is to the next segment."""
