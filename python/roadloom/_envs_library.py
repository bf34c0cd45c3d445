# SPDX-License-Identifier: Apache-2.0
"""libroadloom_drive.so by ctypes: finding it, its functions, its structs (roadloom/envs.h)."""
import ctypes as c
import os
import pathlib
import shutil

from .errors import RoadloomError

ABI = 1
NAME = "libroadloom_drive.so"
_TEXT = 1024


class EnvError(RoadloomError, RuntimeError):
    """Envs couldn't be made, begun or stepped; one line says which and why."""


class Config(c.Structure):
    _fields_ = [
        (name, c.c_uint32)
        for name in "struct_size abi_version envs threads autoreset scenes scores log log_traffic"
        " drives_on latency override_count".split()
    ] + [
        ("overrides", c.POINTER(c.c_char_p)),
        ("script", c.c_char_p),
        ("library", c.c_char_p),
        ("duration_s", c.c_double),
        ("goal_m", c.c_double),
        ("sensors", c.c_char_p),
        ("device", c.c_char_p),
    ]


ARRAYS = (
    "observations final_observations actions rewards terminals truncations masks ended ends"
    " end_steps end_seeds end_scenes scores sensed final_sensed"
).split()


class Arrays(c.Structure):
    _fields_ = [
        (name, c.c_uint32) for name in ("struct_size", "envs", "score_count", "reserved")
    ] + [(name, c.c_void_p) for name in ARRAYS] + [("sensor_stride", c.c_uint64)]


def candidates():
    """Where the library may be, best first."""
    named = os.environ.get("ROADLOOM_DRIVE_LIBRARY")
    if named:
        return [pathlib.Path(named)]
    found = []
    program = os.environ.get("ROADLOOM_BIN") or shutil.which("roadloom")
    if program:
        folder = pathlib.Path(program).resolve().parent
        found += [folder / NAME, folder.parent / "lib" / NAME]
    here = pathlib.Path(__file__).resolve().parent
    found.append(here / NAME)
    builds = (here.parents[1] / "build").glob(f"*/{NAME}")  # of a checkout, the newest
    found += sorted(builds, key=lambda path: path.stat().st_mtime, reverse=True)
    return found


def _declare(library):
    text = [c.c_char_p, c.c_size_t]
    envs, u32 = c.c_void_p, c.c_uint32
    for name, result, arguments in (
        ("create", c.c_int, [c.POINTER(c.c_void_p), c.POINTER(Config), *text]),
        ("destroy", None, [envs]),
        ("arrays_of", c.c_int, [envs, c.POINTER(Arrays), *text]),
        ("score_name", c.c_char_p, [envs, u32]),
        ("end_name", c.c_char_p, [u32]),
        ("end_text", c.c_char_p, [envs, u32]),
        ("reset", c.c_int, [envs, c.c_void_p, c.c_void_p, *text]),
        ("step", c.c_int, [envs, *text]),
        ("teacher", c.c_int, [envs, c.c_char_p, c.POINTER(u32), *text]),
        ("ask", c.c_int, [envs, u32, c.c_void_p, *text]),
    ):
        function = getattr(library, f"roadloom_envs_{name}")
        function.restype, function.argtypes = result, arguments


def load():
    """The library, checked. EnvError when there is none or it is of another version."""
    tried = candidates()
    path = next((path for path in tried if path.is_file()), None)
    if path is None:
        raise EnvError(
            f"{NAME} isn't in {', '.join(str(path.parent) for path in tried) or 'any build'}; build "
            "Roadloom, or set ROADLOOM_DRIVE_LIBRARY to its path"
        )
    try:
        library = c.CDLL(str(path))
        library.roadloom_envs_abi.restype = c.c_uint32
        abi = library.roadloom_envs_abi()
    except (OSError, AttributeError) as error:
        raise EnvError(f"{path}: can't be loaded: {error}") from None
    if abi != ABI:
        raise EnvError(f"{path}: is of version {abi}, this package of {ABI}; use those of one build")
    _declare(library)
    return library


class Call:
    """Calls functions that give 0, or -1 and a line."""

    def __init__(self, library):
        self._library = library
        self._text = c.create_string_buffer(_TEXT)

    def __call__(self, name, *arguments):
        function = getattr(self._library, f"roadloom_envs_{name}")
        if function(*arguments, self._text, _TEXT) != 0:
            raise EnvError(self._text.value.decode("utf-8", "replace"))
