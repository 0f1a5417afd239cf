"""The page on which a caught redirect ends: two lines, and nothing from elsewhere."""

import base64
import hashlib
import html

_STYLE = (
    ":root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;"
    "font:16px/1.5 system-ui,sans-serif;background:light-dark(#f4f5f6,#16191b);color:light-dark(#20262a,#e6e8ea)}"
    "main{max-width:26rem;margin:1rem;padding:2rem;border-radius:12px;background:light-dark(#fff,#1f2326);"
    "border:1px solid light-dark(#d8dcdf,#3b4247)}h1{margin:0 0 .5rem;font-size:1.25rem;font-weight:600}"
    "p{margin:0;overflow-wrap:anywhere}"
)
_SCRIPT = "history.replaceState(null,'',location.pathname)"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_POLICY = f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; frame-ancestors 'none'"

PAGE_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", _POLICY),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),  # the address holds the code
    ("X-Content-Type-Options", "nosniff"),
    ("Connection", "close"),
)


def page(title: str, text: str, *, forgets_address: bool = False) -> bytes:
    """Give the page; whatever the words hold is shown as text.

    One that *forgets_address* takes the code out of the browser's address bar and history; elsewhere it can be copied.
    """
    title, text = html.escape(title), html.escape(text)
    script = f"<script>{_SCRIPT}</script>" if forgets_address else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<main><h1>{title}</h1><p>{text}</p></main>{script}</html>"
    ).encode()
