# SPDX-License-Identifier: Apache-2.0
"""A policy that never gets ready is an error of `roadloom drive` before any work, and no folder is made."""
import os
import subprocess
import sys

import pytest
from test_drive import BIN, drive, library  # noqa: F401

pytestmark = pytest.mark.skipif(not os.path.exists(BIN), reason="ROADLOOM_BIN is not built")


def refused(out, words, ranks, **options):
    """By one line beside what the policy says itself, and nothing is left."""
    result = drive(out, "--timeout-s", "5", ranks=ranks, **options)
    lines = [line for line in result.stderr.splitlines() if line.startswith("roadloom")]
    assert result.returncode == 1 and not out.exists(), result.stderr
    assert len(lines) == 1 and "--policy" in lines[0] and words in lines[0], result.stderr


@pytest.mark.parametrize("ranks", [0, 2])
@pytest.mark.parametrize("what, words", [
    ("no file", "nor a program that can be run"),
    ("folder", "nor a program that can be run"),
    ("not executable", "nor a program that can be run"),
    ("no interpreter", "exit code 12"),  # 126 or 127, as the shell has it
    ("no script", "exit code 2"),
    ("fails at once", "exit code 1"),
    ("no word of it", "its first answer is 'hello', not 'ready 0 NAME'"),
    ("not a library", "invalid ELF header"),
    ("another library", "exports no roadloom_policy_entry"),
])
def test_a_policy_that_never_gets_ready_is_refused_before_any_work(tmp_path, what, words, ranks):
    it = tmp_path / ("policy.so" if "library" in what else "policy")
    if what == "folder":
        it.mkdir()
    elif what == "no interpreter":
        it.write_text("#!/nonexistent/interpreter\n")
    elif what == "not executable":
        it.write_text("#!/bin/sh\n")
    elif what == "not a library":
        it.write_text("no ELF\n" * 100)
    elif what == "another library":
        subprocess.run(["cc", "-shared", "-x", "c", "-", "-o", it], input=b"int x;", check=True)
    if what == "no interpreter":
        it.chmod(0o755)
    elif what == "no word of it":
        it.write_text("import os\nos.write(int(os.environ['ROADLOOM_POLICY_FDS'].split()[3]), b'hello\\n')\n")
    policy = {"no script": f"{sys.executable} {it}", "fails at once": f"{sys.executable} -c 1/0",
              "no word of it": f"{sys.executable} {it}"}
    refused(tmp_path / "data", words, ranks, policy=policy.get(what, it), episodes=2)


@pytest.mark.parametrize("fault, words", [("abi", "ROADLOOM_POLICY_ABI"), ("create", "its create failed")])
def test_a_library_that_cannot_be_used_is_refused_before_any_work(library, tmp_path, fault, words):  # noqa: F811
    refused(tmp_path / "data", words, 0, policy=library, env={"POLICY_FAULT": fault})
