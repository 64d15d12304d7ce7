"""One frozen result per measure and organisation, which all reports on measures show from."""
