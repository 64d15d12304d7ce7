"""The look of a report: colours, style sheet, Typst template and pandoc filter."""
