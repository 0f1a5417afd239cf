"""The environments of other ipykernels that the tests make for themselves."""

import zipfile

import pytest

from tests import ipykernels

METADATA = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\nRequires-Dist: something-that-does-not-exist\n"
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def wheel(tmp_path):
    """A package for which no network is needed."""
    path = tmp_path / "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        files = {"tiny.py": "", f"{info}/METADATA": METADATA, f"{info}/WHEEL": WHEEL}
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))
    return str(path)


def test_a_folder_is_filled_once_and_without_what_is_here_anyway(wheel, tmp_path):
    """A second call takes it as it is; nothing unfinished is left beside it."""
    folder = ipykernels.prepare("one", (wheel,), tmp_path / "cache")
    assert (folder / "tiny.py").exists()
    (folder / "tiny.py").unlink()
    assert not (ipykernels.prepare("one", (wheel,), tmp_path / "cache") / "tiny.py").exists()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["one"]


def test_a_half_made_folder_is_not_taken(wheel, tmp_path):
    """One that fails is told and leaves nothing; the next attempt makes it."""
    with pytest.raises(AssertionError, match="pip install"):
        ipykernels.prepare("one", (wheel, str(tmp_path / "missing-1.0-py3-none-any.whl")), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
    assert (ipykernels.prepare("one", (wheel,), tmp_path / "cache") / "tiny.py").exists()
