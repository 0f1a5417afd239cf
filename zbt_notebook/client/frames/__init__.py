"""Records, page by page, become one typed DataFrame.

The only package that imports pandas. Its importers import it inside a function, so that `%load_ext` stays cheap.

    builder = FrameBuilder(types={"comment_count": "int"})
    for body in bodies:
        with collector_at_rest():
            builder.add(json.loads(body)["bugs"])
    frame = builder.frame()
"""

from zbt_notebook.client.frames.builder import FrameBuilder, to_frame
from zbt_notebook.client.frames.collector import collector_at_rest

__all__ = ["FrameBuilder", "collector_at_rest", "to_frame"]
