"""What an artefact holds in another form: a notebook as the page that is published, a history as its rows."""

import sqlite3
from contextlib import closing
from functools import cache

_LAST = {"history": "SELECT max(rowid) FROM history", "output_history": "SELECT max(rowid) FROM output_history"}
_NEW = {  # tables of IPython's database
    "history": "SELECT source, source_raw FROM history WHERE rowid > ?",
    "output_history": "SELECT output FROM output_history WHERE rowid > ?",
}


def exported(notebook):
    """The HTML that nbconvert makes of a notebook's text, or nothing where it is none."""
    import nbformat

    try:
        page, _ = _exporter().from_notebook_node(nbformat.reads(notebook, as_version=4))
    except Exception:  # noqa: BLE001  a file that a test broke on purpose
        return ""
    return page


@cache
def _exporter():
    from nbconvert import HTMLExporter

    return HTMLExporter(embed_images=True)


def last_rows(database):
    """The number of the last row of each table, for ``new_rows``."""
    return {table: (_ask(database, query) or [[0]])[0][0] or 0 for table, query in _LAST.items()}


def new_rows(database, since):
    """What shells of whatever process wrote into a history after those rows."""
    return [_ask(database, query, since.get(table, 0)) for table, query in _NEW.items()]


def _ask(database, query, *values):
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()
    except sqlite3.Error:  # no database yet, or of another make
        return []
