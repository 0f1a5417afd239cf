"""Makes one module of several: a widget's front end is one text, and its parts are files of one subject each."""

import re
from pathlib import Path

_FOLDER = Path(__file__).parent / "js"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def bundle(name: str) -> str:
    """The module of that name after all that it imports, each once; its names are those of one scope."""
    parts: dict[str, str] = {}
    _add(name, parts)
    return "\n".join(parts.values())


def style(*names: str) -> str:
    """Style sheets, one after the other."""
    return "\n".join((_FOLDER / f"{name}.css").read_text("utf-8") for name in names)


def _add(name: str, parts: dict[str, str]) -> None:
    source = (_FOLDER / f"{name}.js").read_text("utf-8")
    for imported in _IMPORT.findall(source):
        if imported not in parts:
            _add(imported, parts)
    parts[name] = _EXPORT.sub("", _IMPORT.sub("", source))
