"""YAML nodes that remember their line, so that a policy error can name it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import yaml

MAX_BYTES = 200_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUMBER = re.compile(r"^[-+]?(0|[1-9][0-9]*|[0-9]*\.[0-9]+|[0-9]+\.)([eE][-+]?[0-9]+)?\Z")
_SLUG = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}\Z")


class PolicyError(Exception):
    """``problems`` are (line, key, sentence) triples, lines counted from 1."""

    def __init__(self, problems: list[tuple[int, str, str]]) -> None:
        super().__init__("; ".join(f"line {n}, {key}: {text}" for n, key, text in problems))
        self.problems = problems


class Problems:
    """Collects everything that is wrong, so that an author mends it in one go."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str, str]] = []

    def add(self, node: Node, key: str, sentence: str) -> None:
        self._found.append((node.line_of(key), node.path(key), sentence))

    def raise_if_any(self) -> None:
        if self._found:
            raise PolicyError(sorted(self._found))


class _Loader(yaml.SafeLoader):
    """SafeLoader without aliases: a policy is read by people, and bombs are made of aliases."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise PolicyError([(mark.line + 1, "*", "aliases are not allowed; write it out")])
        return super().compose_node(parent, index)

    def construct_number(self, node: yaml.ScalarNode) -> int | float:
        """YAML 1.1 also reads 1:30 as 90 and 010 as 8, which nobody who writes a policy means."""
        if not _NUMBER.match(node.value):
            raise yaml.constructor.ConstructorError(
                None, None, "write the number in decimal digits", node.start_mark
            )
        return float(node.value) if set(node.value) & set(".eE") else int(node.value)


for _kind in ("int", "float"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _Loader.construct_number)


def compose(source: str) -> Node:
    """The root mapping of ``source``. Raises PolicyError with the line of a syntax error."""
    if len(source.encode()) > MAX_BYTES:
        raise PolicyError([(1, "(policy)", f"longer than {MAX_BYTES} bytes")])
    try:
        loader = _Loader(source)
    except yaml.reader.ReaderError as error:
        line = source.count("\n", 0, error.position) + 1
        raise PolicyError([(line, "(yaml)", f"a character is {error.reason}")]) from error
    try:
        node = loader.get_single_node()
    except RecursionError as error:
        raise PolicyError([(loader.line + 1, "(yaml)", "nested too deeply")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "not readable as YAML"
        raise PolicyError([(mark.line + 1 if mark else 1, "(yaml)", str(reason))]) from error
    if not isinstance(node, yaml.MappingNode):
        raise PolicyError([(1, "(policy)", "must be a mapping of keys, beginning with “policy:”")])
    return Node(node, loader, "")


class Node:
    """One mapping of the policy. Each getter returns a typed value and notes what is wrong."""

    def __init__(self, node: yaml.Node, loader: _Loader, path: str) -> None:
        self._node, self._loader, self._path = node, loader, path
        self._values: dict[str, yaml.Node] = {}
        self._twice: list[str] = []
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    line = int(key.start_mark.line) + 1
                    raise PolicyError([(line, path or "(policy)", "a key must be one word")])
                name = str(key.value)
                if name in self._values:
                    self._twice.append(name)
                self._values[name] = value

    def path(self, key: str) -> str:
        return ".".join(part for part in (self._path, key) if part)

    def line_of(self, key: str) -> int:
        node = self._values.get(key, self._node)
        return int(node.start_mark.line) + 1

    def only(self, known: set[str], problems: Problems) -> None:
        for name in self._values:
            if name not in known:
                problems.add(self, name, f"unknown key; known are {', '.join(sorted(known))}")
        for name in self._twice:
            problems.add(self, name, "stands twice")

    def has(self, key: str) -> bool:
        return key in self._values

    def _plain(self, key: str) -> Any:
        node = self._values.get(key)
        if node is None:
            return None
        try:
            return self._loader.construct_document(node)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            reason = str(getattr(error, "problem", None) or "cannot be read")
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else self.line_of(key)
            raise PolicyError([(line, self.path(key), reason)]) from error

    def text(
        self,
        key: str,
        problems: Problems,
        *,
        default: str | None = None,
        slug: bool = False,
        longest: int = 2000,
    ) -> str:
        value = self._plain(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip() or _UNSTORABLE.search(value):
            problems.add(self, key, "missing; write a text" if value is None else "must be a text")
            return ""
        if len(value) > longest:
            problems.add(self, key, f"at most {longest} characters")
        if slug and not _SLUG.match(value):
            problems.add(self, key, "letters, digits, dot, underscore and hyphen only")
        return value.strip()

    def integer(
        self, key: str, problems: Problems, *, low: int, high: int, default: int | None = None
    ) -> int:
        value = self._plain(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            problems.add(self, key, f"must be a whole number from {low} to {high}")
            return low
        return value

    def integers(self, key: str, problems: Problems, *, low: int, high: int) -> list[int]:
        value = self._plain(key)
        fine = isinstance(value, list) and value and all(type(item) is int for item in value)
        if not fine or not all(low <= item <= high for item in value):
            problems.add(self, key, f"must be a list of whole numbers from {low} to {high}")
            return []
        return sorted(set(value))

    def texts(self, key: str, problems: Problems, *, optional: bool = False) -> list[str]:
        value = self._plain(key)
        if value is None and optional and key not in self._values:
            return []
        fine = isinstance(value, list) and all(
            isinstance(item, str) and item and not _UNSTORABLE.search(item) for item in value
        )
        if not fine or not (value or optional):
            problems.add(self, key, "must be a list of texts")
            return []
        return list(value)

    def words(self, key: str, problems: Problems, known: Sequence[str], *, what: str) -> list[str]:
        """Words out of ``known``; one that is none of them is named with its own line."""
        node = self._values.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            problems.add(self, key, f"must be a list of {known[0]}, {known[1]} and such")
            return []
        found: list[str] = []
        for place, item in enumerate(node.value):
            child = Node(item, self._loader, self.path(f"{key}[{place}]"))
            word = str(item.value) if isinstance(item, yaml.ScalarNode) else ""
            if word in found:
                problems.add(child, "", f"“{word}” stands twice")
            elif word in known:
                found.append(word)
            else:
                near = get_close_matches(word, known, n=1)
                meant = f"did you mean “{near[0]}”? " if near else ""
                there = ", ".join(known)
                problems.add(child, "", f"“{word}” is no {what}: {meant}There are {there}")
        return found

    def scalar(self, key: str, problems: Problems) -> str | int | float | bool:
        """One word or number, as it is written."""
        value = self._plain(key)
        unfit = isinstance(value, str) and (not value or _UNSTORABLE.search(value))
        if unfit or not isinstance(value, str | int | float | bool):
            problems.add(self, key, "missing; write one word or number")
            return ""
        return value

    def mapping(self, key: str, problems: Problems) -> dict[str, Any]:
        value = self._plain(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            problems.add(self, key, "must be a mapping of keys to values")
            return {}
        return value

    def within(self, key: str) -> Node:
        """The node under ``key``, whatever it is: for naming places in it."""
        return Node(self._values.get(key, self._node), self._loader, self.path(key))

    def child(self, key: str, problems: Problems) -> Node:
        node = self._values.get(key)
        if not isinstance(node, yaml.MappingNode):
            problems.add(self, key, "missing; must be a mapping of keys")
            node = yaml.MappingNode("tag:yaml.org,2002:map", [], self._node.start_mark)
        return Node(node, self._loader, self.path(key))

    def items(self, key: str, problems: Problems) -> list[Node]:
        node = self._values.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            problems.add(self, key, "must be a list")
            return []
        found = []
        for position, item in enumerate(node.value):
            child = Node(item, self._loader, self.path(f"{key}[{position}]"))
            if isinstance(item, yaml.MappingNode):
                found.append(child)
            else:
                problems.add(child, "", "must be a mapping, such as “- check: …”")
        return found
