"""The statistical methods: pure functions, no input or output."""
