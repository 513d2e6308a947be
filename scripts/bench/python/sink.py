"""A storage SCP that throws everything away, to learn what the sender can do at most. Prints its port; ends with its input."""

import os
import socket
import struct
import sys
import threading

from upper_layer import CONTEXT_ID, EXPLICIT_VR_LITTLE_ENDIAN, LONGEST_PDU, P_DATA, element, item

ACCEPT = (
    struct.pack(">Hxx", 1)
    + bytes(64)
    + item(0x10, b"1.2.840.10008.3.1.1.1")
    + item(0x21, struct.pack("BxBx", CONTEXT_ID, 0) + item(0x40, EXPLICIT_VR_LITTLE_ENDIAN))
    + item(0x50, item(0x51, struct.pack(">I", LONGEST_PDU)) + item(0x52, b"2.25.1"))
)
RESPONSE = element(0x0100, struct.pack("<H", 0x8001)) + element(0x0900, struct.pack("<H", 0))
SUCCESS = struct.pack(">BxIIBB", P_DATA, len(RESPONSE) + 6, len(RESPONSE) + 2, CONTEXT_ID, 3) + RESPONSE


def serve(connection):
    stream = connection.makefile("rb", LONGEST_PDU)
    while True:
        head = stream.read(6)
        if len(head) < 6:
            return
        kind, length = struct.unpack(">BxI", head)
        body = stream.read(length)
        if kind == 1:
            connection.sendall(struct.pack(">BxI", 2, len(ACCEPT)) + ACCEPT)
        elif kind == 5:
            connection.sendall(struct.pack(">BxII", 6, 4, 0))
        elif kind == P_DATA and body[5] == 2:
            connection.sendall(SUCCESS)


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        child = os.fork()
        if child == 0:
            serve(connection)
            os._exit(0)
        connection.close()


main()
