"""What of the workflows' code a running workflow depends on: every call that makes a command, and when it is made.

A replayed workflow has to make the same commands in the same order. An edit that adds, drops, moves or re-conditions
such a call breaks those that run, unless it stands under `workflow.patched`: there it does not count.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

WORKFLOWS = Path(__file__).parents[2] / "workflows"
KEPT = Path(__file__).with_name("fingerprints.json")
COMMANDS = {
    "execute_activity_method", "execute_local_activity_method", "execute_activity", "execute_local_activity",
    "execute_child_workflow", "start_child_workflow", "sleep", "wait_condition", "continue_as_new",
    "upsert_search_attributes", "upsert_memo", "create_task", "cancel", "patched", "deprecate_patch", "uuid4", "now",
    "_advance", "advance", "keep", "go_on_anew", "_wait", "_set_timer", "_ring", "_show", "should_roll_over", "_look",
}  # fmt: skip


def fingerprints() -> dict[str, list[str]]:
    """For each module of workflows, its calls in order."""
    return {
        path.stem: list(fingerprint(path.read_text("utf-8")))
        for path in sorted(WORKFLOWS.glob("*.py"))
        if path.stem not in ("__init__", "contracts", "plugin")
    }


def fingerprint(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
                    where = f"{node.name}.{member.name}"
                    yield from (f"{where}: {line}" for line in _of(member.body, ()))


def _of(statements: list[ast.stmt], under: tuple[str, ...]) -> Iterator[str]:
    for statement in statements:
        match statement:
            case ast.If() if _is_patch(statement.test):
                yield from _of(statement.orelse, under)
            case ast.If() | ast.While():
                test = ast.unparse(statement.test)
                kind = type(statement).__name__.lower()
                yield from _calls(statement.test, under)
                inside = list(_of(statement.body, (*under, f"{kind} {test}")))
                yield from inside
                yield from _of(statement.orelse, (*under, f"else of {test}"))
                if any(isinstance(end, ast.Return | ast.Break | ast.Continue) for end in statement.body):
                    yield " > ".join((*under, f"{kind} {test}", ast.unparse(statement.body[-1])))
            case ast.For() | ast.AsyncFor() | ast.With() | ast.AsyncWith():
                yield from _of(statement.body, (*under, ast.unparse(statement).partition("\n")[0]))
            case ast.Try():
                yield from _of(statement.body, (*under, "try"))
                yield from _of(statement.finalbody, (*under, "finally"))
            case _:
                yield from _calls(statement, under)


def _calls(node: ast.AST, under: tuple[str, ...]) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and _name(call.func) in COMMANDS:
            first = ast.unparse(call.args[0]) if call.args else ""
            yield " > ".join((*under, f"{_name(call.func)}({first})"))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_patch(test: ast.expr) -> bool:
    return isinstance(test, ast.Call) and _name(test.func) == "patched"


if (
    __name__ == "__main__"
):  # after an edit that breaks nothing that runs: written anew, and the difference reviewed
    sys.exit(KEPT.write_text(json.dumps(fingerprints(), indent=1) + "\n", "utf-8") and 0)
