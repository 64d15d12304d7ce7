"""From a parameter file to a published report; knows nothing of the NHS."""
