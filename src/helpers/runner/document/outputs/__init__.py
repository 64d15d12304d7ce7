"""Ordinary outputs of a notebook read as figures, tables and prose: cell options, pictures, tables of HTML."""
