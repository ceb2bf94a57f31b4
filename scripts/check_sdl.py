"""Compare the GraphQL schema with its committed snapshot, and say whether clients break.

    scripts/check_sdl.py            exit 1 on any difference, after naming each change
    scripts/check_sdl.py --write    take the present schema as the snapshot

The SDL is what ``kangban schema`` prints; the snapshot is ``mobile_contract/schema.graphql``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from graphql import GraphQLSchema, build_schema
from graphql.utilities.find_schema_changes import (
    BreakingChange,
    DangerousChange,
    SafeChange,
    find_schema_changes,
)

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOT = ROOT / "mobile_contract" / "schema.graphql"
LABELS = (
    (BreakingChange, "BREAKS CLIENTS"),
    (DangerousChange, "may surprise"),
    (SafeChange, "safe"),
)


def present_sdl() -> str:
    """What ``kangban schema`` prints now; ends the program where it fails."""
    kangban = Path(sys.executable).with_name("kangban")
    done = subprocess.run(
        [kangban, "schema"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"kangban schema failed with status {done.returncode}")
    return done.stdout.strip() + "\n"


def changes(old: GraphQLSchema, new: GraphQLSchema) -> list[str]:
    """One line a change, those that break clients first."""
    found = find_schema_changes(old, new)
    order = [kind for kind, _ in LABELS]
    found.sort(key=lambda change: order.index(type(change)))
    labels = dict(LABELS)
    return [f"{labels[type(change)]:15} {change.description}" for change in found]


def main(arguments: list[str]) -> int:
    now = present_sdl()
    if "--write" in arguments:
        SNAPSHOT.write_text(now, encoding="utf-8")
        print(f"{SNAPSHOT.relative_to(ROOT)} written")
        return 0
    if not SNAPSHOT.exists():
        print(f"{SNAPSHOT.relative_to(ROOT)} is missing; scripts/check_sdl.py --write makes it")
        return 1
    was = SNAPSHOT.read_text(encoding="utf-8")
    if was == now:
        print("GraphQL schema: as in the snapshot")
        return 0
    lines = changes(build_schema(was), build_schema(now))
    print("The GraphQL schema differs from mobile_contract/schema.graphql:")
    print("\n".join(f"  {line}" for line in lines or ["safe            order or layout only"]))
    print("Reviewed and meant so? scripts/check_sdl.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
