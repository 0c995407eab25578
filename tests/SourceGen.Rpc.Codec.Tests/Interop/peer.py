"""Reads one task a line from standard input, answers one line each: see PeerProcess.cs."""

import json
import struct
import sys

import msgpack


class Pairs(list):
    """A map, with its entries in order and keys of any kind."""


def canonical(value):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"f": "nan" if value != value else struct.pack(">d", value).hex()}
    if isinstance(value, str):
        return {"s": value}
    if isinstance(value, bytes):
        return {"b": value.hex()}
    if isinstance(value, msgpack.Timestamp):
        return {"t": f"{value.seconds}.{value.nanoseconds:09d}"}
    if isinstance(value, msgpack.ExtType):
        return {"x": [str(value.code), value.data.hex()]}
    if isinstance(value, Pairs):
        return {"m": [[canonical(k), canonical(v)] for k, v in value]}
    if isinstance(value, (list, tuple)):
        return [canonical(item) for item in value]
    raise TypeError(f"{type(value)} has no canonical form")


def native(value):
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [native(item) for item in value]
    (kind, content), = value.items()
    if kind == "i":
        return int(content)
    if kind == "f":
        return float("nan") if content == "nan" else struct.unpack(">d", bytes.fromhex(content))[0]
    if kind == "s":
        return content
    if kind == "b":
        return bytes.fromhex(content)
    if kind == "t":
        seconds, nanoseconds = content.split(".")
        return msgpack.Timestamp(int(seconds), int(nanoseconds))
    if kind == "x":
        return msgpack.ExtType(int(content[0]), bytes.fromhex(content[1]))
    if kind == "m":
        return {key(native(k)): native(v) for k, v in content}
    raise ValueError(f"{kind} is no kind of value")


def key(value):
    return tuple(value) if isinstance(value, list) else value


def decode(line):
    value = msgpack.unpackb(bytes.fromhex(line), strict_map_key=False, object_pairs_hook=Pairs, timestamp=0)
    return json.dumps(canonical(value), separators=(",", ":"), ensure_ascii=True)


def encode(line):
    return msgpack.packb(native(json.loads(line))).hex()


answer = {"decode": decode, "encode": encode}[sys.argv[1]]
for task in sys.stdin:
    try:
        print(answer(task.strip()))
    except Exception as error:  # the test shows it beside the case
        print(f"{type(error).__name__}: {error}")
