"""The working folder of a report's kernel: what JupyterLab would show the notebook, but nothing of it can be changed.

JupyterLab, papermill and Quarto run a notebook in the folder where it lies, so analysts read `targets.csv` beside
it, `../data/beds.csv` in the project, and import modules of their own. A batch runs many reports of one notebook
beside each other. So each gets a folder of its own in its run folder, with links to all that the notebook would
find there:

    work            links to what lies in the project's folder
    work/notebooks  the working folder; links to what lies beside the notebook

What a notebook writes by a relative path is new in these folders, and private. What a link leads to is the project
itself, in which a kernel may not write (`guard`).
"""

from __future__ import annotations

from pathlib import Path

MIRROR = "work"


def make_mirror(folder: Path, beside: Path, root: Path | None, hidden: Path | None = None) -> Path:
    """Make the folders and links, and return the working folder.

    `root`: the project's folder; without one there is nothing to link. `hidden`: the private state, to which no link
    leads. Where the system makes no links, that is the folder in which the notebook lies, as in JupyterLab.
    """
    mirror = folder / MIRROR
    mirror.mkdir(mode=0o700)
    if root is None:
        return mirror
    work = mirror / beside.relative_to(root)
    work.mkdir(mode=0o700, parents=True)
    kept = {each.resolve() for each in (hidden, folder) if each is not None}
    try:
        for source, target in ((root, mirror), (beside, work)):
            for entry in source.iterdir():
                if entry.resolve() not in kept and not (target / entry.name).exists():
                    (target / entry.name).symlink_to(entry)
    except OSError:  # Windows lets few users make links
        return beside
    return work


def remove_links(folder: Path) -> None:
    """Remove the links when the kernel has ended, so that whoever walks the run folder stays in it."""
    for path in [*(folder / MIRROR).rglob("*")]:
        if path.is_symlink():
            path.unlink()
