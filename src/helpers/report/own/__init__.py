"""An analyst's own content: figures, tables and sentences that no analysis of this package made."""
