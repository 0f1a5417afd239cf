"""One frame for every page, and a way to fill templates in which nothing can run that should not."""

import re
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from urllib.parse import urlsplit

from zbt_notebook.simulator.http import Response, html_response

_ASSET_TYPES = {"css": "text/css;charset=UTF-8", "js": "text/javascript;charset=UTF-8", "svg": "image/svg+xml"}
ASSETS = ("sandbox.css", "sandbox.js", "icon.svg")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+", re.ASCII)


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def fill(template: str, **values: object) -> Markup:
    """Put values into a template file, escaped unless they are Markup."""
    texts = {name: value if isinstance(value, Markup) else escape(str(value)) for name, value in values.items()}
    return Markup(_template(template).substitute(texts))


def joined(parts: list[Markup]) -> Markup:
    """Concatenate pieces of HTML."""
    return Markup("".join(parts))


def page(
    title: str, body: Markup, *headers: tuple[str, str], status: int = 200, form_target: str = "", wide: bool = False
) -> Response:
    """Wrap a body in the frame; *form_target* is an address to which a form's answer may redirect."""
    html = fill("frame.html", title=title, body=body, width="wide" if wide else "narrow")
    return html_response(status, html, *_security_headers(form_target), *headers)


def asset(name: str) -> Response | None:
    """Give one of the pages' own files."""
    if name not in ASSETS:
        return None
    content = files(__package__).joinpath(name).read_bytes()
    kind = _ASSET_TYPES[name.rpartition(".")[2]]
    return Response(
        200,
        content,
        (("Content-Type", kind), ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-cache")),
    )


def _security_headers(form_target: str) -> tuple[tuple[str, str], ...]:
    parts = urlsplit(form_target)
    origin = f"{parts.scheme}://{parts.netloc}"
    # Browsers hold a form to form-action even where its answer redirects: the redirect's target has to be named.
    target = f" {origin}" if _ORIGIN.fullmatch(origin) else ""
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action 'self'{target}; base-uri 'none'; frame-ancestors 'none'"
    )
    return (
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),  # no-referrer would make a form's own Origin "null"
        ("Cache-Control", "no-store"),
    )


@cache
def _template(name: str) -> Template:
    return Template(files(__package__).joinpath("templates", name).read_text("utf-8"))
