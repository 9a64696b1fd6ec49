"""Who imports whom: spelled imports -> the files that they name."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

MANY = 4
"""A spelled import that fits more files than this names none of them."""

_SOURCE_SUFFIX = {
    "python": (".py", "/__init__.py", ".pyi", ".pyx"),
    "javascript": (
        "", ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".d.ts", ".vue", ".svelte",
        "/index.js", "/index.ts", "/index.tsx", "/index.jsx", "/index.mjs", "/index.d.ts",
    ),
    "ruby": (".rb", ""),
    "rust": (".rs", "/mod.rs", "/lib.rs"),
    "java": (".java", ".kt", ".scala"),
    "php": (".php",),
    "c": ("",),
}  # fmt: skip
_COMPILED = re.compile(r"\.[cm]?jsx?$")
_ALIAS = re.compile(r"[@~#]/|\$(?=lib/)|(?=src/)")
"""What stands for a source folder in imports, by the custom of bundlers and of tsconfig's `paths`."""
_SOURCE_SUFFIX["typescript"] = _SOURCE_SUFFIX["javascript"]
_SOURCE_SUFFIX["cpp"] = _SOURCE_SUFFIX["c"]
_SOURCE_SUFFIX["kotlin"] = _SOURCE_SUFFIX["scala"] = _SOURCE_SUFFIX["java"]


class Resolver:
    """Finds the files that imports name; by the ends of paths, so that it needs no build configuration."""

    def __init__(self, paths: Collection[str]) -> None:
        self._paths = paths
        self._by_end: dict[str, dict[str, list[str]]] = {}

    # Worked out for the languages that ask: there may be a hundred thousand paths.
    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._paths)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._sorted:
            found[path.rpartition("/")[2]].append(path)
        return found

    @cached_property
    def _by_folder(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._sorted:
            found[path.rpartition("/")[0]].append(path)
        return found

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for folder in self._by_folder:
            found[folder.rpartition("/")[2]].append(folder)
        return found

    def resolve(self, path: str, language: str, spelled: str) -> Sequence[str]:
        """The files that one import means; () where that cannot be told."""
        folder = path.rpartition("/")[0]
        if language == "python":
            return self._python(folder, spelled)
        if language in ("javascript", "typescript"):
            return self._script(folder, spelled, language)
        if language == "go":
            return self._package(spelled, ".go")
        if language == "rust":
            return self._rust(path, spelled)
        if language in ("c", "cpp"):
            return self._near(folder, spelled)
        if language == "ruby":
            return self._relative(folder, spelled, language) or self._ending(spelled + ".rb")
        if language in ("java", "kotlin", "scala"):
            return self._dotted(spelled, ".", language)
        if language == "php":
            return self._dotted(spelled, "\\", language)
        return ()

    def _python(self, folder: str, spelled: str) -> Sequence[str]:
        dots = len(spelled) - len(spelled.lstrip("."))
        pieces = [piece for piece in spelled[dots:].split(".") if piece]
        for count in (len(pieces), len(pieces) - 1):
            if count < 0 or (count == 0 and not dots):
                continue
            name = "/".join(pieces[:count])
            if dots:
                base = folder
                for _ in range(dots - 1):
                    base = base.rpartition("/")[0]
                whole = f"{base}/{name}".strip("/") if name else base
                found: Sequence[str] = [
                    whole + end for end in _SOURCE_SUFFIX["python"] if whole + end in self._paths
                ]
            else:
                found = next(
                    (some for end in _SOURCE_SUFFIX["python"] if (some := self._ending(name + end))), ()
                )
            if found:
                return found
        return ()

    def _relative(self, folder: str, spelled: str, language: str) -> Sequence[str]:
        whole = posixpath.normpath(posixpath.join(folder, spelled))
        return [whole + end for end in _SOURCE_SUFFIX[language] if whole + end in self._paths][:1]

    def _script(self, folder: str, spelled: str, language: str) -> Sequence[str]:
        """`./x.js` may be written as `x.ts`; `@/x` and `src/x` mean the nearest file that ends so."""
        for name in dict.fromkeys((spelled, _COMPILED.sub("", spelled))):
            if spelled.startswith("."):
                found = self._relative(folder, name, language)
            else:
                alias = _ALIAS.match(name)
                ends = [name[alias.end() :] + each for each in _SOURCE_SUFFIX[language]] if alias else []
                found = next((some for each in ends if (some := self._ending(each))), ())
            if found:
                return [max(found, key=lambda path: len(posixpath.commonprefix([path, folder + "/"])))]
        return ()

    def _near(self, folder: str, spelled: str) -> Sequence[str]:
        """An include: beside the file first, else the only path that ends so."""
        whole = posixpath.normpath(posixpath.join(folder, spelled))
        return [whole] if whole in self._paths else self._ending(spelled)

    def _ending(self, end: str) -> Sequence[str]:
        """The paths that end in these whole parts, where they are few."""
        folder, _, name = end.rpartition("/")
        some = self._by_name.get(name, ())
        if folder and len(some) > MANY:
            some = self._within(name).get(folder.rpartition("/")[2], ())
        found = [path for path in some if path == end or path.endswith("/" + end)]
        if len(found) > 1:
            short = min(path.count("/") for path in found)
            found = [path for path in found if path.count("/") == short]
        return found if len(found) <= MANY else ()

    def _within(self, name: str) -> dict[str, list[str]]:
        """The files of a name by the folder they are in: some names are those of thousands."""
        if name not in self._by_end:
            by_folder: dict[str, list[str]] = defaultdict(list)
            for path in self._by_name[name]:
                by_folder[path.rpartition("/")[0].rpartition("/")[2]].append(path)
            self._by_end[name] = by_folder
        return self._by_end[name]

    def _package(self, spelled: str, extension: str) -> Sequence[str]:
        """A Go import: the files of the folder that it ends in."""
        for folder in self._folders.get(spelled.rpartition("/")[2], ()):
            if spelled == folder or spelled.endswith("/" + folder):
                return [path for path in self._by_folder[folder] if path.endswith(extension)]
        return ()

    def _dotted(self, spelled: str, separator: str, language: str) -> Sequence[str]:
        pieces = spelled.split(separator)
        for count in (len(pieces), len(pieces) - 1):
            for skip in range(min(3, count - 1)):
                name = "/".join(pieces[skip:count])
                for end in _SOURCE_SUFFIX[language]:
                    if found := self._ending(name + end):
                        return found
        return ()

    def _rust(self, path: str, spelled: str) -> Sequence[str]:
        folder, _, name = path.rpartition("/")
        inside = folder if name in ("mod.rs", "lib.rs", "main.rs") else f"{folder}/{name.removesuffix('.rs')}"
        if spelled.startswith("mod "):
            return self._rust_file(inside, spelled[4:].strip())
        found: dict[str, None] = {}
        for piece in _rust_paths(spelled):
            first, *rest = piece
            if first in ("crate", "self", "super"):
                base = (
                    inside
                    if first == "self"
                    else inside.rpartition("/")[0]
                    if first == "super"
                    else _crate(folder)
                )
                for count in range(len(rest), 0, -1):
                    some = self._rust_file("/".join([base, *rest[: count - 1]]), rest[count - 1])
                    if some:
                        found.update(dict.fromkeys(some))
                        break
        return list(found)

    def _rust_file(self, folder: str, name: str) -> Sequence[str]:
        whole = f"{folder}/{name}".strip("/")
        return [whole + end for end in (".rs", "/mod.rs") if whole + end in self._paths]


def _crate(folder: str) -> str:
    """The `src` folder that a Rust file is under."""
    at = (folder + "/").rfind("/src/")
    return folder[: at + 4] if at >= 0 else "src" if folder.startswith("src") else folder


def _rust_paths(spelled: str) -> Iterable[list[str]]:
    """`a::{b, c::d}` as [a, b], [a, c, d]; deeper braces are flattened."""
    head, brace, rest = spelled.partition("{")
    base = [piece.strip() for piece in head.split("::") if piece.strip()]
    if not brace:
        return [[piece.partition(" as ")[0] for piece in base]]
    inner = re.sub(r"[{}]", ",", rest)
    return [
        [*base, *(p.strip() for p in one.split("::") if p.strip())] for one in inner.split(",") if one.strip()
    ]


def imported(
    imports: Mapping[str, Sequence[str]], languages: Mapping[str, str], paths: Collection[str]
) -> dict[str, set[str]]:
    """For each path, the paths that it imports; never itself."""
    resolver = Resolver(paths)
    known: dict[tuple[str, str, str], Sequence[str]] = {}
    edges: dict[str, set[str]] = {}
    for path, spelled in imports.items():
        language = languages.get(path)
        if language is None or not spelled:
            continue
        folder = path if language == "rust" else path.rpartition("/")[0]
        targets: set[str] = set()
        for one in spelled:
            key = (language, folder, one)
            if key not in known:
                known[key] = resolver.resolve(path, language, one)
            targets.update(known[key])
        targets.discard(path)
        if targets:
            edges[path] = targets
    return edges
