"""An integrated care board or a region as one: what comes in, what flows, what holds patients back."""
