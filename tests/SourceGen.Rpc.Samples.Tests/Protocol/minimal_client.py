"""A client for the wire protocol, written from docs/wire-protocol.md alone. Usage: minimal_client.py PORT; prints JSON."""
import hashlib, json, socket, struct, sys
import msgpack

PREAMBLE = b"SGRPC\xf5\x01\n"
HELLO, GO_AWAY, PING, PONG, DESCRIBE, REQUEST, RESPONSE, ERROR, CANCEL, MORE_REQUEST, MORE_RESPONSE = 1, 2, 3, 4, 5, 16, 17, 18, 19, 20, 21
MORE, HEADERS, DEADLINE, ONE_WAY = 1, 2, 4, 8
HOP, BAGGAGE, RESPONSE_HEADER, TRAILER = 0, 1, 2, 3
FRAGMENT = 20_000


class RpcError(Exception):
    pass


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.generation = 0
        self.socket.sendall(PREAMBLE)
        self.send(HELLO, msgpack.packb({
            "codecs": ["msgpack"], "maxFrame": 65536, "maxMessage": 1 << 20, "maxHeaders": 4096, "future": [1, {"x": None}]}))
        assert self.receive_exactly(8) == PREAMBLE, "the server speaks another protocol"
        kind, _, _, payload = self.receive()
        self.hello = msgpack.unpackb(payload)
        assert kind == HELLO and "error" not in self.hello, self.hello
        self.first_method, number = {}, 0
        for name, _, _, methods, *_ in self.hello["services"]:
            self.first_method[name] = number
            number += methods

    def send(self, kind, payload=b"", flags=0, method=0, call_id=0):
        self.socket.sendall(struct.pack("<IBBHQ", len(payload), kind, flags, method, call_id) + payload)

    def send_message(self, payload, flags, method, call_id):
        parts = [payload[i:i + FRAGMENT] for i in range(0, len(payload), FRAGMENT)] or [b""]
        for i, part in enumerate(parts):
            more = MORE if i < len(parts) - 1 else 0
            if i == 0:
                self.send(REQUEST, part, flags | more, method, call_id)
            else:
                self.send(MORE_REQUEST, part, more, 0, call_id)

    def receive_exactly(self, count):
        data = bytearray()
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise EOFError("the server closed the connection")
            data += part
        return bytes(data)

    def receive(self):
        length, kind, flags, _, call_id = struct.unpack("<IBBHQ", self.receive_exactly(16))
        return kind, flags, call_id, self.receive_exactly(length)

    def next_id(self):
        self.generation += 1
        return self.generation << 32  # Slot 0, as there is one call at a time.

    def reply(self, call_id):
        kind_of_reply, has_headers, message, self.reply_headers = None, 0, b"", []
        while True:
            kind, flags, answered, payload = self.receive()
            if kind == PING:
                self.send(PONG, call_id=answered)
            elif kind in (RESPONSE, ERROR, MORE_RESPONSE):
                assert answered == call_id
                if kind_of_reply is None:
                    kind_of_reply, has_headers = kind, flags & HEADERS
                message += payload
                if not flags & MORE:
                    break
            elif kind not in (PONG, GO_AWAY):
                raise AssertionError(f"frame type {kind}")
        if has_headers:
            end = 4 + struct.unpack_from("<I", message)[0]
            parts, message = msgpack.unpackb(message[4:end]), message[end:]
            self.reply_headers = [parts[i:i + 3] for i in range(0, len(parts), 3)]
        if kind_of_reply == ERROR:
            raise RpcError(*msgpack.unpackb(message))
        return message

    def call(self, method, *arguments, remaining=None, headers=()):
        call_id, flags, head = self.next_id(), 0, b""
        if remaining is not None:
            flags, head = flags | DEADLINE, struct.pack("<I", remaining)
        if headers:
            block = msgpack.packb([part for header in headers for part in header])
            flags, head = flags | HEADERS, head + struct.pack("<I", len(block)) + block
        self.send_message(head + msgpack.packb(arguments), flags, method, call_id)
        payload = self.reply(call_id)
        return msgpack.unpackb(payload) if payload else None

    def one_way(self, method, *arguments):
        self.send_message(msgpack.packb(arguments), ONE_WAY, method, 0)

    def describe(self, method):
        call_id = self.next_id()
        self.send(DESCRIBE, method=method, call_id=call_id)
        return self.reply(call_id).decode()


def attempt(action):
    try:
        return action()
    except RpcError as error:
        return list(error.args)


client = Client(int(sys.argv[1]))
schema = client.describe(0)
names = [line[len("method "):line.index("(")] for line in schema.splitlines() if line.startswith("method ")]
number = {name: client.first_method["Calculator"] + i for i, name in enumerate(names)}
large = bytes(range(256)) * 1200
client.one_way(number["Note"], "from python")
waiting = client.next_id()
client.send(REQUEST, msgpack.packb([]), 0, number["Wait"], waiting)
client.send(CANCEL, call_id=waiting)
print(json.dumps({
    "cancelled": attempt(lambda: client.reply(waiting)),
    "fingerprint": int.from_bytes(hashlib.sha256(schema.encode()).digest()[:8], "little") == client.hello["services"][0][2],
    "add": client.call(number["Add"], 2, 3),
    "extra": client.call(number["Add"], 2, 3, "an argument the server does not know"),
    "divide": attempt(lambda: client.call(number["Divide"], 1, 0)),
    "echo": client.call(number["Echo"], large) == large,
    "wrong": attempt(lambda: client.call(number["Add"], "two", 3)),
    "unknown": attempt(lambda: client.call(9999)),
    "late": attempt(lambda: client.call(number["Add"], 2, 3, remaining=0)),
    "headed": client.call(number["Add"], 4, 5, remaining=60_000, headers=[
        (HOP, "trace", "7"), (HOP, "whose", "?"), (BAGGAGE, "tenant", "größe"), (99, "future", "")]),
    "headers": client.reply_headers,
    "tooMuch": attempt(lambda: client.call(number["Add"], 2, 3, headers=[(HOP, "trace", "x" * 20_000)])),
    "notes": client.call(number["Notes"]),
}))
client.send(GO_AWAY, msgpack.packb([14, "done"]))
client.socket.close()
