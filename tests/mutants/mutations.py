"""Small mistakes put into a file, one at a time: mutmut's operators, and four of ours about conditions left out.

mutmut's own runner is not used: it skips whatever is decorated (`@property`, everything that is cached) and everything
outside functions (the table of roles), and that is where it is decided who may see what.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_string

from tests.mutants.rooms import Place

NOTHING = cst.Module([])
NOT_ENTERED = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
PASS = cst.SimpleStatementLine([cst.Pass()])


@dataclass(frozen=True, eq=False)
class Mutant:
    """One mistake. before, after: the code that was changed; nth: which of the same ones of its function it is.

    lines: the first and last line of the function's body; None outside of functions.
    """

    place: Place
    line: int
    lines: tuple[int, int] | None
    function: str
    before: str
    after: str
    nth: int
    change: Callable[[], cst.Module]

    @cached_property
    def code(self) -> str:
        """The whole file with the mistake in it."""
        return self.change().code

    def rank(self, seed: int) -> str:
        """Where it stands in a draw: the same for as long as its function is, whatever becomes of the rest."""
        name = (seed, self.place.path, self.function, self.before, self.after, self.nth)
        return hashlib.sha256(repr(name).encode()).hexdigest()


def element_left_out(node: cst.Set | cst.List | cst.Tuple) -> Iterator[cst.CSTNode]:
    if len(node.elements) > 1:
        for place in range(len(node.elements)):
            yield node.with_changes(elements=[*node.elements[:place], *node.elements[place + 1 :]])


def operand_left_out(node: cst.BooleanOperation) -> Iterator[cst.CSTNode]:
    for side in (node.left, node.right):
        yield side.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def condition_settled(node: cst.If) -> Iterator[cst.CSTNode]:
    for name in ("True", "False"):
        yield node.with_changes(test=cst.Name(name), whitespace_before_test=cst.SimpleWhitespace(" "))


def call_left_out(node: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    """A call for its effect alone."""
    if len(node.body) == 1 and isinstance(node.body[0], cst.Expr) and isinstance(node.body[0].value, cst.Call):
        yield PASS


def one_string(node: cst.BaseString) -> Iterator[cst.BaseString]:
    """mutmut's first change of a string. One with a space in it is a sentence for people, which this is not about."""
    if isinstance(node, cst.SimpleString) and " " not in node.value:
        yield from islice(operator_string(node), 1)


OPERATORS: tuple[tuple[type, Callable[..., Iterable[cst.CSTNode]]], ...] = (
    *((kind, operator) for kind, operator in mutation_operators if operator is not operator_string),
    (cst.BaseString, one_string),
    *((kind, element_left_out) for kind in (cst.Set, cst.List, cst.Tuple)),
    (cst.BooleanOperation, operand_left_out),
    (cst.If, condition_settled),
    (cst.SimpleStatementLine, call_left_out),
)


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.bodies: list[tuple[int, int] | None] = [None]
        self.found: list[tuple[int, tuple[int, int] | None, str, cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, NOT_ENTERED):
            return False
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self.names.append(node.name.value)
            self.bodies.append(self._lines(node.body) if isinstance(node, cst.FunctionDef) else None)
        line = self.get_metadata(PositionProvider, node).start.line
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                where = (line, self.bodies[-1], ".".join(self.names))
                self.found.extend((*where, node, changed) for changed in operator(node))
        return True

    def _lines(self, node: cst.CSTNode) -> tuple[int, int]:
        span = self.get_metadata(PositionProvider, node)
        return span.start.line, span.end.line

    def on_leave(self, node: cst.CSTNode) -> None:
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self.names.pop()
            self.bodies.pop()


def mutants(place: Place, code: str) -> Iterator[Mutant]:
    """Every mutant of a file."""
    wrapper, finder = MetadataWrapper(cst.parse_module(code)), _Finder()
    wrapper.visit(finder)
    seen: Counter[tuple[str, str, str]] = Counter()
    for line, lines, function, node, changed in finder.found:
        before, after = (NOTHING.code_for_node(one).strip() for one in (node, changed))
        if before != after:
            change = partial(wrapper.module.deep_replace, node, changed)
            yield Mutant(place, line, lines, function, before, after, seen[function, before, after], change)
            seen[function, before, after] += 1
