"""Files on their way out, never to be shown as a page of this site."""

from zbt_notebook.simulator.bugtracker.call import Answer


def download(content: bytes, file_name: str) -> Answer:
    """Answer with a file under a name that fits a header."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else "_" for letter in file_name
    )
    headers = (("Content-Disposition", f'attachment; filename="{plain}"'), ("X-Content-Type-Options", "nosniff"))
    return Answer(200, content=content, content_type="application/octet-stream", headers=headers)
