"""One document to HTML, PDF and other formats; two engines behind one contract."""
