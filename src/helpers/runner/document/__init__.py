"""An executed notebook as one Markdown document with its figures.

`reading` takes the notebook apart, with `outputs` for what its cells show and `prose` for its Markdown; `making` checks
it and puts the document together, with `writing` for figures and tables (`columns`: how wide). `packing` puts published
documents into one, `comparing` sets two beside each other, `stored` looks at notebooks that have not been run.
"""
