"""The page on which a caught redirect ends: two lines, no script, nothing from elsewhere."""

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
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

PAGE_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),  # the address holds the code
    ("X-Content-Type-Options", "nosniff"),
    ("Connection", "close"),
)


def page(title: str, text: str) -> bytes:
    """Give the page; whatever the words hold is shown as text."""
    title, text = html.escape(title), html.escape(text)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<main><h1>{title}</h1><p>{text}</p></main></html>"
    ).encode()
