"""The ledger of what was told of patients: its entries, how a report asks it, and what published manifests tell."""
