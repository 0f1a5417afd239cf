"""Takes secrets out of what nbconvert makes of a notebook: name ``RemoveSecrets`` among an exporter's preprocessors.

::

    jupyter nbconvert --to html --Exporter.preprocessors=zbt_notebook.notebook.nbconvert.RemoveSecrets analysis.ipynb
"""

from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import from_dict

from zbt_notebook.notebook.audit import audit


class RemoveSecrets(Preprocessor):
    """Replaces what ``zbt.audit`` finds by an ellipsis, and says so in the log."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook without secrets."""
        report = audit(nb)
        for finding in report:
            self.log.warning("zbt-notebook took out a secret: %s", finding)
        return from_dict(report.cleaned), resources  # type: ignore[no-untyped-call]  # nbformat types half of itself
