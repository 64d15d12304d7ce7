"""Run a notebook in a fresh kernel: isolated, watched, and gone without a trace.

The runner calls `execute` alone. `manager` gives papermill a kernel; on Linux `prewarmed` asks `fork_server` for it,
which has `preloading` import what is needed. `watch` ends it at a limit, `failures` says why it failed. Inside it
`guard` holds it to its folders, and `audit_hook` and, from outside, `seccomp` note what it reads.
"""
