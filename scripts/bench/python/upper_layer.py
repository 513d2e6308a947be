"""As much of the upper layer (PS3.8 9.3) and of C-STORE (PS3.7 9.3.1) as a sender needs that is never the one waited for."""

import socket
import struct

EXPLICIT_VR_LITTLE_ENDIAN = b"1.2.840.10008.1.2.1"
APPLICATION_CONTEXT = b"1.2.840.10008.3.1.1.1"
IMPLEMENTATION_CLASS = b"2.25.111111111111111111111111111111111111"
CONTEXT_ID = 1
ASSOCIATE_RQ, ASSOCIATE_AC, P_DATA, RELEASE_RQ, RELEASE_RP = 1, 2, 4, 5, 6
# Longest P-DATA-TF sent where the peer names none or a longer one.
LONGEST_PDU = 1 << 20


def item(kind, body):
    return struct.pack(">BxH", kind, len(body)) + body


def associate_request(called, calling, sop_class):
    presentation = item(
        0x20,
        struct.pack("BxBx", CONTEXT_ID, 0) + item(0x30, sop_class) + item(0x40, EXPLICIT_VR_LITTLE_ENDIAN),
    )
    user = item(0x50, item(0x51, struct.pack(">I", 65536)) + item(0x52, IMPLEMENTATION_CLASS))
    body = (
        struct.pack(">Hxx", 1)
        + called.encode("ascii").ljust(16)
        + calling.encode("ascii").ljust(16)
        + bytes(32)
        + item(0x10, APPLICATION_CONTEXT)
        + presentation
        + user
    )
    return struct.pack(">BxI", ASSOCIATE_RQ, len(body)) + body


def items(data, offset):
    while offset + 4 <= len(data):
        kind, length = struct.unpack_from(">BxH", data, offset)
        yield kind, data[offset + 4 : offset + 4 + length]
        offset += 4 + length


def longest_pdu(accept):
    """What an A-ASSOCIATE-AC allows us to send; 0 means no limit. Ends when our context was not accepted."""
    longest = 0
    accepted = False
    for kind, body in items(accept, 68):
        if kind == 0x21:
            accepted = accepted or (body[0] == CONTEXT_ID and body[2] == 0)
        if kind == 0x50:
            for sub, value in items(body, 0):
                if sub == 0x51:
                    longest = struct.unpack(">I", value)[0]
    if not accepted:
        raise RuntimeError("the presentation context was not accepted")
    return min(longest or LONGEST_PDU, LONGEST_PDU)


def element(tag, value):
    return struct.pack("<HHI", 0, tag, len(value)) + value


def even(text):
    return text + b"\0" if len(text) % 2 else text


def store_request(sop_class, sop_instance):
    """A C-STORE-RQ and where the Message ID and the Affected SOP Instance UID lie in it."""
    elements = [
        element(0x0002, even(sop_class)),
        element(0x0100, struct.pack("<H", 0x0001)),
        element(0x0110, struct.pack("<H", 0)),
        element(0x0700, struct.pack("<H", 0)),
        element(0x0800, struct.pack("<H", 0x0001)),
        element(0x1000, even(sop_instance)),
    ]
    body = b"".join(elements)
    command = element(0x0000, struct.pack("<I", len(body))) + body
    message_id = 12 + sum(len(part) for part in elements[:2]) + 8
    instance = 12 + sum(len(part) for part in elements[:5]) + 8
    return command, message_id, instance


def answer_of(command):
    """Status and Error Comment of a response. PS3.7 annex C."""
    status, comment, offset = None, "", 0
    while offset + 8 <= len(command):
        group, number, length = struct.unpack_from("<HHI", command, offset)
        value = command[offset + 8 : offset + 8 + length]
        if (group, number) == (0x0000, 0x0900):
            status = struct.unpack("<H", value)[0]
        if (group, number) == (0x0000, 0x0902):
            comment = value.decode("ascii", "replace").strip()
        offset += 8 + length
    if status is None:
        raise RuntimeError("a C-STORE-RSP without a status")
    return status, comment


class Connection:
    """A socket that neither collects what it sends nor delays what it acknowledges."""

    def __init__(self, host, port, timeout):
        self._socket = socket.create_connection((host, port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffered = b""
        self._acknowledge_at_once()

    def _acknowledge_at_once(self):
        # The kernel forgets this by itself, so it is said again around every receive (tcp(7)).
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def send(self, data):
        self._socket.sendall(data)

    def _receive(self, length):
        while len(self._buffered) < length:
            self._acknowledge_at_once()
            chunk = self._socket.recv(65536)
            self._acknowledge_at_once()
            if not chunk:
                raise RuntimeError("the peer closed the connection")
            self._buffered += chunk
        taken, self._buffered = self._buffered[:length], self._buffered[length:]
        return taken

    def receive_pdu(self, wanted):
        kind, length = struct.unpack(">BxI", self._receive(6))
        body = self._receive(length)
        if kind != wanted:
            raise RuntimeError(f"PDU type {kind} where {wanted} was awaited: {body[:4].hex()}")
        return body

    def receive_command(self):
        """The command set of the next message; the last fragment has bit 1 of its header set. PS3.8 annex E."""
        command = b""
        while True:
            body = self.receive_pdu(P_DATA)
            offset = 0
            while offset < len(body):
                length, _, header = struct.unpack_from(">IBB", body, offset)
                command += body[offset + 6 : offset + 4 + length]
                offset += 4 + length
                if header & 2:
                    return command

    def close(self):
        self._socket.close()


class Association:
    def __init__(self, target, sop_class):
        self._connection = Connection(target["host"], target["port"], target["timeout"])
        self._connection.send(associate_request(target["called"], target["calling"], sop_class))
        self.longest_pdu = longest_pdu(self._connection.receive_pdu(ASSOCIATE_AC))

    def store(self, message):
        """Sends a whole C-STORE-RQ, gives status and comment of the response."""
        self._connection.send(message)
        return answer_of(self._connection.receive_command())

    def release(self):
        self._connection.send(struct.pack(">BxII", RELEASE_RQ, 4, 0))
        self._connection.receive_pdu(RELEASE_RP)
        self._connection.close()


class StoreMessage:
    """A C-STORE-RQ with its data set, cut into PDUs once; afterwards only the fields that differ are written into it."""

    def __init__(self, sop_class, sop_instance, data_set, longest):
        command, message_id, instance = store_request(sop_class, sop_instance)
        self._header = 12
        pdus = [self._pdu(command, 3)]
        self._message_id = self._header + message_id
        self._instance = self._header + instance
        self._data = len(pdus[0]) + self._header
        # PDU length counts the fragment's own 6 bytes.
        self._fragment = longest - 6
        for offset in range(0, len(data_set), self._fragment):
            part = data_set[offset : offset + self._fragment]
            pdus.append(self._pdu(part, 2 if offset + len(part) == len(data_set) else 0))
        self.buffer = bytearray(b"".join(pdus))

    @staticmethod
    def _pdu(fragment, header):
        return struct.pack(">BxIIBB", P_DATA, len(fragment) + 6, len(fragment) + 2, CONTEXT_ID, header) + fragment

    def put(self, offset, value):
        """Writes a value at an offset of the data set."""
        if offset + len(value) > self._fragment:
            raise RuntimeError("a field to be changed lies beyond the first PDU")
        self.buffer[self._data + offset : self._data + offset + len(value)] = value

    def name(self, message_id, sop_instance):
        struct.pack_into("<H", self.buffer, self._message_id, message_id)
        self.buffer[self._instance : self._instance + len(sop_instance)] = sop_instance
