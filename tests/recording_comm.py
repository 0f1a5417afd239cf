"""A widget's channel to a front end that is not there."""

from comm.base_comm import BaseComm


class RecordingComm(BaseComm):
    """A comm whose messages end in a list."""

    def __init__(self, *arguments, **options):
        self.sent = []
        super().__init__(*arguments, **options)

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **_keys):  # noqa: ARG002  comm's signature
        self.sent.append(data)

    def hear(self, content, buffers=()):
        """What ``model.send`` in the browser leads to."""
        self.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": list(buffers)})

    @property
    def views(self):
        """What the widget sent to be drawn, oldest first."""
        return [data["content"] for data in self.sent if data.get("method") == "custom"]
