"""Asks a Query/Retrieve SCP over one or several associations, and prints what came and how long it took, as JSON.

    query.py JOB.json

The job: host, port, called, calling, timeout (s), kind (find, get, move or idle), model (SOP class), storage (SOP class of the images),
destination (of move), associations, and identifiers (hexadecimal, Explicit VR Little Endian): each association asks them one after
the other. `idle` opens the associations, prints a line `ready`, and keeps them open until its input ends.
"""

import json
import socket
import struct
import sys
import time

from processes import run_together
from upper_layer import APPLICATION_CONTEXT, ASSOCIATE_AC, ASSOCIATE_RQ, EXPLICIT_VR_LITTLE_ENDIAN, IMPLEMENTATION_CLASS
from upper_layer import P_DATA, RELEASE_RP, RELEASE_RQ, element, even, item, items

QUERY, STORAGE = 1, 3
FIELDS = {"find": 0x0020, "get": 0x0010, "move": 0x0021}
STORE_RQ = 0x0001
PENDING = (0xFF00, 0xFF01)
LONGEST_PDU = 1 << 20
COMMAND_LAST, DATA_LAST = 3, 2


def associate_request(job):
    def context(number, sop_class):
        body = struct.pack("BxBx", number, 0) + item(0x30, sop_class) + item(0x40, EXPLICIT_VR_LITTLE_ENDIAN)
        return item(0x20, body)

    model, storage = job["model"].encode("ascii"), job["storage"].encode("ascii")
    user = item(0x51, struct.pack(">I", LONGEST_PDU)) + item(0x52, IMPLEMENTATION_CLASS)
    contexts = context(QUERY, model)
    if job["kind"] == "get":
        # We take what we asked for: SCP of the storage class. PS3.7 D.3.3.4.
        user += item(0x54, struct.pack(">H", len(storage)) + storage + bytes([0, 1]))
        contexts += context(STORAGE, storage)
    body = (
        struct.pack(">Hxx", 1)
        + job["called"].encode("ascii").ljust(16)
        + job["calling"].encode("ascii").ljust(16)
        + bytes(32)
        + item(0x10, APPLICATION_CONTEXT)
        + contexts
        + item(0x50, user)
    )
    return struct.pack(">BxI", ASSOCIATE_RQ, len(body)) + body


def pdv(context, header, fragment):
    return struct.pack(">BxIIBB", P_DATA, len(fragment) + 6, len(fragment) + 2, context, header) + fragment


def command_of(elements):
    body = b"".join(element(number, value) for number, value in elements)
    return element(0x0000, struct.pack("<I", len(body))) + body


def read_command(data):
    found, offset = {}, 0
    while offset + 8 <= len(data):
        number, length = struct.unpack_from("<2xHI", data, offset)
        found[number] = bytes(data[offset + 8 : offset + 8 + length])
        offset += 8 + length
    return found


def short(command, number, default=0):
    value = command.get(number)
    return default if value is None else struct.unpack("<H", value)[0]


class Stream:
    """Reads in large pieces; what is in them is used before more is asked for."""

    def __init__(self, connection):
        self._connection = connection
        self._buffer = bytearray(1 << 21)
        self._start = self._end = 0

    def take(self, length):
        """A view that is good until the next call."""
        if length > len(self._buffer):
            self._buffer.extend(bytes(length))
        if self._start + length > len(self._buffer):
            kept = self._buffer[self._start : self._end]
            self._buffer[: len(kept)] = kept
            self._start, self._end = 0, len(kept)
        while self._end - self._start < length:
            # The kernel forgets this by itself (tcp(7)); without it a peer with Nagle's algorithm waits 40 ms a response.
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            with memoryview(self._buffer) as view:
                read = self._connection.recv_into(view[self._end :])
            if read == 0:
                raise RuntimeError("the peer closed the connection")
            self._end += read
        taken = bytes(self._buffer[self._start : self._start + length])
        self._start += length
        if self._start == self._end:
            self._start = self._end = 0
        return taken

    def pdu(self):
        kind, length = struct.unpack(">BxI", self.take(6))
        return kind, self.take(length)


class Association:
    def __init__(self, job, source="127.0.0.1"):
        self._job = job
        self._socket = socket.create_connection((job["host"], job["port"]), job["timeout"], (source, 0))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = Stream(self._socket)
        self._socket.sendall(associate_request(job))
        kind, body = self._stream.pdu()
        accepted = {value[0] for number, value in items(body, 68) if number == 0x21 and value[2] == 0} if kind == ASSOCIATE_AC else set()
        if QUERY not in accepted:
            raise RuntimeError(f"the presentation context was not accepted (PDU type {kind})")
        self._message = 0

    def ask(self, identifier):
        """Asks one question; gives results (matches, or images that came or went), failures, and the seconds it took."""
        job, self._message = self._job, self._message + 1
        elements = [
            (0x0002, even(job["model"].encode("ascii"))),
            (0x0100, struct.pack("<H", FIELDS[job["kind"]])),
            (0x0110, struct.pack("<H", self._message)),
        ]
        if job["kind"] == "move":
            elements.append((0x0600, job["destination"].encode("ascii").ljust(len(job["destination"]) + len(job["destination"]) % 2)))
        elements += [(0x0700, struct.pack("<H", 0)), (0x0800, struct.pack("<H", 1))]
        began = time.monotonic()
        self._socket.sendall(pdv(QUERY, COMMAND_LAST, command_of(elements)) + pdv(QUERY, DATA_LAST, identifier))
        matches, final = self._answers()
        seconds = time.monotonic() - began
        status = short(final, 0x0900, 0xC000)
        if status not in (0x0000, 0xB000):
            raise RuntimeError(f"answered {status:04X}H: {final.get(0x0902, b'').decode('ascii', 'replace')}")
        results = matches if job["kind"] == "find" else short(final, 0x1021)
        return {"results": results, "failed": short(final, 0x1022), "seconds": seconds}

    def _answers(self):
        matches, command, store, fragments = 0, {}, None, b""
        while True:
            kind, body = self._stream.pdu()
            if kind != P_DATA:
                raise RuntimeError(f"PDU type {kind} in place of a response")
            offset = 0
            while offset < len(body):
                length, context, header = struct.unpack_from(">IBB", body, offset)
                if header & 1:
                    fragments += body[offset + 6 : offset + 4 + length]
                    if header & 2:
                        command, fragments = read_command(fragments), b""
                        store = command if short(command, 0x0100) == STORE_RQ else None
                        if store is None and short(command, 0x0900) not in PENDING:
                            return matches, command
                        matches += store is None
                elif header & 2 and store is not None:
                    self._thank(context, store)
                    store = None
                offset += 4 + length

    def _thank(self, context, store):
        response = [
            (0x0002, store[0x0002]),
            (0x0100, struct.pack("<H", 0x8001)),
            (0x0120, store[0x0110]),
            (0x0800, struct.pack("<H", 0x0101)),
            (0x0900, struct.pack("<H", 0)),
            (0x1000, store[0x1000]),
        ]
        self._socket.sendall(pdv(context, COMMAND_LAST, command_of(response)))

    def release(self):
        self._socket.sendall(struct.pack(">BxII", RELEASE_RQ, 4, 0))
        kind, _ = self._stream.pdu()
        if kind != RELEASE_RP:
            raise RuntimeError(f"PDU type {kind} in place of A-RELEASE-RP")
        self._socket.close()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    if job["kind"] == "idle":
        # From two addresses: a server may allow one only so many.
        associations = [Association(job, f"127.0.0.{1 + number % 2}") for number in range(job["associations"])]
        print("ready", flush=True)
        sys.stdin.read()
        for association in associations:
            association.release()
        return
    identifiers = [bytes.fromhex(identifier) for identifier in job["identifiers"]]

    def work(share):
        association = Association(job)
        started = share.wait_for_start()
        answers = [association.ask(identifier) for identifier in identifiers]
        yield {"started": started, "ended": time.monotonic(), "answers": answers}
        association.release()

    results, finish = run_together(job["associations"], len(identifiers), work)
    began, ended = min(result["started"] for result in results), max(result["ended"] for result in results)
    print(json.dumps({"seconds": ended - began, "answers": [answer for result in results for answer in result["answers"]]}))
    finish()


main()
