"""Checks a downloaded access log (JSON Lines) with Python's standard library alone.

    python verify_access_log.py access-log.jsonl

Each entry is encoded as the BSON elements (bsonspec.org) that were hashed when it was written.
"""

import hashlib
import json
import sys
from datetime import datetime

OIDS, BYTES = ("_id", "resident_id", "request", "account_id", "via"), ("prev", "words")


def element(name: str, value: object) -> bytes:
    key = name.encode() + b"\0"
    if value is None:
        return b"\x0a" + key
    if name in OIDS:
        return b"\x07" + key + bytes.fromhex(value)
    if name in BYTES:
        data = bytes.fromhex(value)
        return b"\x05" + key + len(data).to_bytes(4, "little") + b"\0" + data
    if isinstance(value, int):
        kind, size = {"v": (b"\x10", 4), "seq": (b"\x12", 8), "at": (b"\x09", 8)}[name]
        return kind + key + value.to_bytes(size, "little", signed=True)
    data = value.encode() + b"\0"
    return b"\x02" + key + len(data).to_bytes(4, "little") + data


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def merkle(found: bytes, index: int, size: int, proof: list) -> bytes:
    last = size - 1
    for neighbour in map(bytes.fromhex, proof):
        if index % 2 or index == last:
            found = sha(b"\1", neighbour, found)
            while index and not index % 2:
                index, last = index >> 1, last >> 1
        else:
            found = sha(b"\1", found, neighbour)
        index, last = index >> 1, last >> 1
    return found


def check(lines: list) -> int:
    fields, resident = lines[0]["fields"], bytes.fromhex(lines[0]["resident"])
    seq, prev, hashes, merkles, root_prev = 0, bytes(32), {}, {}, bytes(32)
    for line in (each for each in lines if each["type"] == "root"):
        millis = round(datetime.fromisoformat(line["at"]).timestamp() * 1000)
        numbers = b"".join(n.to_bytes(8, "big") for n in (line["number"], millis, line["size"]))
        tree = bytes.fromhex(line["merkle"])
        root_prev = sha(b"kangban-access-root/1", numbers, tree, root_prev)
        assert root_prev.hex() == line["hash"], f"root {line['number']} was changed"
        merkles[line["number"]] = tree
    for line in lines:
        if line["type"] == "checkpoint":
            seq, prev = line["seq"], bytes.fromhex(line["hash"])
            hashes[seq] = line["hash"]
        elif line["type"] == "entry":
            body = b"".join(element(name, line[name]) for name in fields if name != "hash")
            assert line["seq"] == seq + 1, f"entry {seq + 1} is missing"
            assert line["prev"] == prev.hex(), f"entry {line['seq']} does not follow"
            assert sha(body).hex() == line["hash"], f"entry {line['seq']} was changed"
            seq, prev = line["seq"], bytes.fromhex(line["hash"])
            hashes[seq] = line["hash"]
        elif line["type"] == "anchor" and line["seq"] >= min(hashes, default=0):
            assert hashes.get(line["seq"]) == line["hash"], f"{line['seq']} is not as anchored"
            leaf = sha(b"\0", resident, line["seq"].to_bytes(8, "big"), bytes.fromhex(line["hash"]))
            found = merkle(leaf, line["index"], line["size"], line["proof"])
            assert found == merkles[line["root"]], f"entry {line['seq']} is not in its root"
    return seq


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.stdout.write(f"{check([json.loads(line) for line in file])} ok\n")
