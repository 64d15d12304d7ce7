"""Look for identifiers of patients in what is about to leave: text, tables, pictures, files of every kind.

Three things keep false alarms near nothing without letting a real one through: numbers are read only from
text, never from drawing (path data, coordinates, styles, pixels); what looks like an identifier must pass
its own test (check digit, issued range, postcode area, a birth long ago or named as one); and an alarm that
is still false can be allowed by its exact value, place and reason. Found values are never repeated in full.
"""
