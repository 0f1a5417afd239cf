"""Has a kernel forget what a test did, so that the next one can have it: a fresh one takes seconds to import it all."""

# What it knows that a fresh one does not: names, cards, sign-ins, what it was told, and how much was asked of Zoho.
# `%reset` collects garbage, each time among all that pandas consists of, unless that is frozen.
FORGET = """
%cd -q {folder}
%unload_ext zbt_notebook
import os
for name in [*os.environ]:
    if name.startswith("ZBT_") and name != "ZBT_JUPYTER_CALLBACK":  # which its server tells it
        del os.environ[name]
from zbt_notebook.client import signed_in
from zbt_notebook.client.limits import registry
from zbt_notebook.notebook import embedded_sandbox
from zbt_notebook.notebook.sign_in import begun
import ipywidgets
for connection in signed_in.connections():
    signed_in.forget(connection)
if embedded_sandbox._shared:
    embedded_sandbox._shared.stop()
    embedded_sandbox._shared = None
registry.forget()
for sign_in in [*begun._begun]:
    sign_in.close()
begun._begun.clear()
ipywidgets.Widget.close_all()
history = get_ipython().history_manager
history.input_hist_raw[:] = history.input_hist_parsed[:] = [""]
%reset -f
import gc
gc.freeze()
del gc
"""
