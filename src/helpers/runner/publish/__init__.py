"""Put finished reports in their place, whole or not at all.

`placing` knows reports: the manifest, the draft, what the history says; `switching` knows files alone.
"""
