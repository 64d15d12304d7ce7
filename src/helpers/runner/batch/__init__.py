"""Many reports beside each other: the life of each, the flow of all, and what a person decides afterwards."""
