"""A trust's own project and its reports: `boardpack init`, `boardpack new`."""
