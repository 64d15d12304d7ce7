"""From a parameter file to a published report; knows nothing of the NHS.

A report goes through the folders in this order: `plan` (which are asked for), `key` (which are due), `batch` (many
beside each other), `kernel` (the notebook runs), `document` (what it shows as Markdown), `gate` (may it be shown?),
`render` (to HTML, PDF, Word, slides), `gate` again, `publish` (into its place), `history` (what became of it). Around
them: `portal` (the pages that list reports), `schedule`, `telling` and `onward` (what is done without being asked).
`project` is what the command line hands over: all that the runner must not know by itself.
"""
