"""Join a page's script, and every ES module that it imports, into one file when collectstatic runs.

A browser would fetch the modules file by file, and each costs a round trip and headers of its own. In the joined file
each imported module is a function that is called once and returns what the module exports. In development browsers load
the modules themselves.

The joined file does the same as the modules themselves only if they keep three rules. They import names in braces from
relative paths, export only functions and constants, and have no state that two scripts of one page would share.
"""

import posixpath
import re
from collections.abc import Callable

# The only forms of import and export that modules may use.
IMPORT = re.compile(r"""^import \{ (?P<names>\w+(?:, \w+)*) \} from "(?P<path>\.[^"]+\.js)";$""", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const) (?P<name>\w+))", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/[ \t]*|//[^\n]*)\n", re.MULTILINE)
"""A comment on lines of its own. A comment after code is not removed: `//` there may be part of a string."""
NOT_UNDERSTOOD = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
"""Any import or export that is left after those that match IMPORT and EXPORT have been replaced."""


class CannotJoin(ValueError):
    """A module cannot be joined.

    It uses a form of import or export that this module does not understand, imports a name that is not exported, or
    imports itself.
    """


def joined_script(name: str, read: Callable[[str], str]) -> str:
    """Return the text of a script with all that it imports. `read` returns the text of a module by its name."""
    modules = Modules(read)
    body = modules.body_of(name)
    return "".join([*modules.functions, body])


class Modules:
    """The modules that one script imports, as JavaScript functions. Each function stands after those that it uses."""

    def __init__(self, read: Callable[[str], str]) -> None:
        self.read = read
        self.functions: list[str] = []
        self.exports: dict[str, list[str]] = {}
        self.being_joined: list[str] = []

    def body_of(self, name: str) -> str:
        """Return a module's text with constants in place of its imports. Join the imported modules first."""
        if name in self.being_joined:
            raise CannotJoin(f"{name} imports itself: {' → '.join([*self.being_joined, name])}")
        self.being_joined.append(name)
        text = COMMENT.sub("", self.read(name))
        text = IMPORT.sub(lambda found: self.constants(name, found["path"], found["names"]), text)
        self.exports[name] = [found["name"] for found in EXPORT.finditer(text)]
        text = EXPORT.sub("", text)
        if wrong := NOT_UNDERSTOOD.search(text):
            raise CannotJoin(f"{name}: {wrong[0]}")
        self.being_joined.pop()
        return text.lstrip("\n")

    def constants(self, importer: str, path: str, names: str) -> str:
        """Return what replaces an import: `const { a, b } = $js$words;`. Join the imported module if it is new."""
        name = posixpath.normpath(posixpath.join(posixpath.dirname(importer), path))
        if name not in self.exports:
            body = self.body_of(name)
            exports = ", ".join(self.exports[name])
            self.functions.append(f"const {variable(name)} = (() => {{\n{body}return {{ {exports} }};\n}})();\n")
        if missing := set(names.split(", ")) - set(self.exports[name]):
            raise CannotJoin(f"{importer} imports {', '.join(sorted(missing))}, which {name} does not export")
        return f"const {{ {names} }} = {variable(name)};"


def variable(name: str) -> str:
    """Return the JavaScript variable of a module: js/feed/who_cheered.js → $js$feed$who_cheered."""
    return "$" + name.removesuffix(".js").replace("/", "$")
