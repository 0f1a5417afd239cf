"""Other Pythons that ``requires-python`` allows run a choice of the unit tests, where the machine has them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.test_lowest_versions import filled, run_tests

OTHERS = [f"3.{minor}" for minor in range(11, 14) if minor != sys.version_info.minor]
TESTS = (
    "tests/client/auth/test_authorization.py",
    "tests/client/frames/test_iso_times.py",
    "tests/client/rest/test_api.py",
    "tests/client/test_connection.py",
    "tests/client/test_forks.py",
    "tests/notebook/magic/test_call_line.py",
    "tests/notebook/sign_in/test_login_card.py",
)


def interpreter(version):
    """An interpreter of that version on the PATH or among pyenv's, that starts; None where there is none."""
    pyenv = sorted(Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python"))
    for found in (*pyenv, shutil.which(f"python{version}")):
        if found:
            asked = [found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
            told = subprocess.run(asked, capture_output=True, text=True, check=False)
            if told.stdout.strip() == version:
                return str(found)
    return None


@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", OTHERS)
def test_the_unit_tests_pass_on_another_python(version):
    """It has everything in the newest versions that it allows."""
    python = interpreter(version)
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine; the tests run on {sys.version.split()[0]}")
    run_tests(filled(f"python-{version}", python), *TESTS)
