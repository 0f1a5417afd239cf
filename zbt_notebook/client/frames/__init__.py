"""Records, page by page, become one typed DataFrame.

The only package that imports pandas. Its importers import it inside a function, so that `%load_ext` stays cheap.

    builder = FrameBuilder(types={"comment_count": "int"})
    for body in bodies:
        builder.add(json.loads(body)["bugs"])
    frame = builder.frame()
"""

from zbt_notebook.client.frames.accessor import Accessor
from zbt_notebook.client.frames.builder import FrameBuilder, to_frame

__all__ = ["Accessor", "FrameBuilder", "to_frame"]
