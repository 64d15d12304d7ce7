"""Put finished reports in their place, whole or not at all."""
