"""``python -m zbt_notebook``: the command line, also from a fresh clone with a bare Python."""

from zbt_notebook.cli import main

raise SystemExit(main())
