"""What a secret looks like in every dress that software or a person puts on a text, and where in a text one stands."""

import base64
import codecs
import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from urllib.parse import quote
from weakref import WeakKeyDictionary

Span = tuple[int, int]

_GRAM, _STRIDE = 5, 6  # characters: a stretch of ten holds, whole, one of the grams that begin at every sixth offset
SURE = _GRAM + _STRIDE - 1  # so long a stretch is found
_FIGURES, _MIXED, _WHOLE = 4, 16, 0.7  # figures of a random text, its least letters and figures, their least share

_OTHER_ALPHABETS = re.compile(
    "[\uff01-\uff5e\u24b6-\u24e9\U0001d400-\U0001d7ff]"
)  # full width, in circles, for formulas
_BARE = re.compile("[0-9a-z]+")
_SAME = str.maketrans("-_", "+/")  # base64 in addresses has other characters
_BETWEEN = (
    "".join(map(chr, range(128))).translate(str.maketrans("", "", string.ascii_lowercase + string.digits)).encode()
)


class _Forms:
    """Texts that a secret may stand as; *whole*, where a part of one gives nothing away."""

    def __init__(self, texts: Iterable[str] = (), *, whole: bool = False) -> None:
        self._texts = list(texts)
        self._whole = whole
        self.grams = {text[at : at + _GRAM] for text in self._texts for at in range(len(text) - _GRAM + 1)}

    def stretches(self, text: str, at: int, share: float) -> Iterator[Span]:
        """What the forms have in common with a text around the gram that stands there, where that is such a *share*."""
        gram = text[at : at + _GRAM]
        for form in self._texts:
            enough = len(form) if self._whole else max(int(share * len(form)), SURE)
            offset = form.find(gram)
            while offset >= 0:
                start, end = _extended(text, form, at, offset)
                if end - start >= enough:
                    yield start, end
                offset = form.find(gram, offset + 1)


class SecretForms:
    """The forms of one secret. Of a random one, letters and figures alone are compared, whatever stands between them.

    A secret that could be made of words is looked for with what stands between its letters; in words, only whole.
    """

    def __init__(self, secret: str) -> None:
        bare = _bare(secret)
        whole = len(bare) >= max(_MIXED, _WHOLE * len(secret))
        is_random = whole and sum(character.isdigit() for character in bare) >= _FIGURES
        texts = {_bare(spelling) if is_random else fold(spelling) for spelling in _spellings(secret)} - {""}
        self.short = [text for text in texts if len(text) < SURE]  # too short for grams: they count whole
        forms = _Forms(text for text in texts if len(text) >= SURE)
        in_words = _Forms([bare] if len(bare) >= _MIXED else (), whole=True)
        self.folded, self.bare = (_Forms(), forms) if is_random else (forms, in_words)
        self._length = len(secret)

    def share(self, enough: int) -> float:
        """The share of it, and so of each of its forms, that *enough* of its characters are."""
        return min(enough, self._length) / self._length


_known: "WeakKeyDictionary[str, SecretForms]" = WeakKeyDictionary()  # no longer than a SecretStr lives


def forms_of(secret: str) -> SecretForms:
    """The forms of a secret; made once where somebody holds it."""
    try:
        if secret not in _known:
            _known[secret] = SecretForms(secret)
        return _known[secret]
    except TypeError:  # a plain text, as the environment's are
        return SecretForms(secret)


def matches(text: str, secrets: Iterable[SecretForms], enough: int) -> Iterator[Span]:
    """Every stretch that a text shares with a form, as long as *enough* characters of the secret are there."""
    secrets = list(secrets)
    text = fold(text)
    for short in (short for secret in secrets for short in secret.short if short in text):
        yield from ((found.start(), found.end()) for found in re.finditer(re.escape(short), text))
    shares = [secret.share(enough) for secret in secrets]
    yield from _stretches(text, [secret.folded for secret in secrets], shares)
    found = list(_stretches(_bare(text), [secret.bare for secret in secrets], shares))
    if found:
        back = [offset for offset, character in enumerate(text) if character.isascii() and character.isalnum()]
        yield from ((back[start], back[end - 1] + 1) for start, end in found)


def _stretches(text: str, secrets: Iterable[_Forms], shares: Iterable[float]) -> Iterator[Span]:
    """Compare the grams at every sixth character alone, then extend those that a form has in both directions."""
    sampled = {text[offset : offset + _GRAM] for offset in range(0, len(text), _STRIDE)}
    met: dict[str, list[tuple[_Forms, float]]] = {}
    for forms, share in zip(secrets, shares, strict=True):
        for gram in sampled & forms.grams:
            met.setdefault(gram, []).append((forms, share))
    for at in range(0, len(text), _STRIDE) if met else ():
        for forms, share in met.get(text[at : at + _GRAM], ()):
            yield from forms.stretches(text, at, share)


def _extended(text: str, form: str, at: int, offset: int) -> Span:
    start, before = at, offset
    while before and start and form[before - 1] == text[start - 1]:
        before, start = before - 1, start - 1
    end, after = at + _GRAM, offset + _GRAM
    while after < len(form) and end < len(text) and form[after] == text[end]:
        after, end = after + 1, end + 1
    return start, end


def fold(text: str) -> str:
    """A text in small letters of one alphabet, every character at the same offset."""
    if not text.isascii() and _OTHER_ALPHABETS.search(text):
        text = text.translate(_plain_letters())
    lower = text.lower()
    if len(lower) != len(text):  # a few letters become two: offsets must stay the same
        lower = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    return lower.translate(_SAME)


def _bare(text: str) -> str:
    """Letters and figures alone."""
    text = fold(text)
    if text.isascii():
        return text.encode().translate(None, _BETWEEN).decode()
    return "".join(_BARE.findall(text))


@cache
def _plain_letters() -> dict[int, str]:
    found = (
        chr(code)
        for start, end in ((0xFF01, 0xFF5F), (0x24B6, 0x24EA), (0x1D400, 0x1D800))
        for code in range(start, end)
    )
    return {
        ord(one): plain for one in found if (plain := unicodedata.normalize("NFKC", one)).isascii() and len(plain) == 1
    }


def _spellings(secret: str) -> Iterator[str]:
    data = secret.encode("utf-8", "surrogatepass")
    quoted = quote(data, safe="").encode()
    yield from (secret, secret[::-1], codecs.encode(secret, "rot13"), quoted.decode(), data.hex(":"))
    for spelling in ("%02x", "%03o", "%o", "%d"):  # as CSS, C, Python and lists of numbers spell bytes
        spelt = [spelling % byte for byte in data]
        yield from (mark.join(spelt) for mark in ("", "\\", " \\", " ", ", "))
    yield data.hex(",").replace(",", ", 0x")
    wide = secret.encode("utf-16-le", "surrogatepass")  # what PowerShell encodes
    yield wide.hex()
    for text in (data, quoted, wide):
        yield from _in_bits(base64.b64encode, 6, text)
    yield from _in_bits(base64.b32encode, 5, data)
    for encode in (base64.b85encode, base64.a85encode):
        yield encode(data).decode()
        for before in range(4):  # five characters for four bytes, of which none is known alone
            first, end = -(-before // 4) * 5, (before + len(data)) // 4 * 5
            yield encode(bytes(before) + data).decode()[first:end]


def _in_bits(encode: Callable[[bytes], bytes], bits: int, data: bytes) -> Iterator[str]:
    """A form for each offset within a group of bytes at which it may begin, without the bits of its neighbours."""
    yield encode(data).decode()
    for before in range(3 if bits == 6 else 5):  # noqa: PLR2004  base64
        encoded = encode(bytes(before) + data).decode()
        yield encoded[-(-before * 8 // bits) : (before + len(data)) * 8 // bits]
