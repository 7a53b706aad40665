"""The name of the program, which is its ``client_id`` unless it chooses another."""

from __future__ import annotations

import os
import sys

__all__ = ["name"]

_INTERACTIVE = "python"
_NOTEBOOK = "notebook"
# What servers take, in bytes.
_MAX_BYTES = 128


def name() -> str:
    """Returns the module of ``python -m``, else the name of the script; ``python`` if there is neither."""
    return _fit(_module() or _script()) or _INTERACTIVE


def _module() -> str | None:
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    module = getattr(spec, "name", None)
    # A folder or an archive that is run has a specification, too, and its own name says more.
    if not isinstance(module, str) or module == "__main__":
        return None
    return _known(module.removesuffix(".__main__"))


def _script() -> str:
    arguments = getattr(sys, "argv", None) or [""]
    path = os.fspath(arguments[0])
    if not isinstance(path, str) or path in ("", "-", "-c", "-m"):
        return ""
    folder, file = os.path.split(os.path.abspath(path))
    if file == "__main__.py":
        file = os.path.basename(folder)
    return _known(file.removesuffix(".py").removesuffix(".pyz"))


def _known(found: str) -> str:
    return _NOTEBOOK if found in ("ipykernel_launcher", "colab_kernel_launcher") else found


def _fit(text: str) -> str:
    printable = "".join(character if character.isprintable() else "?" for character in text).strip()
    return printable.encode("utf-8", "replace")[:_MAX_BYTES].decode("utf-8", "ignore")
