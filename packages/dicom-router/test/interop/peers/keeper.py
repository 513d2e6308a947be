"""A pynetdicom server that stores and commits itself to what it got, but to some only when they come again.

keeper.py PORT REPORT_PORT MODE TIMES [CA CERTIFICATE KEY]: reports to FILMLESS at REPORT_PORT. MODE is `same` or `new` association; the
first TIMES instances are lost the first time they come. With the three files it listens and calls over TLS. Prints one line when it
listens."""

import ssl
import sys
import threading
import time

from pydicom.dataset import Dataset
from pynetdicom import AE, AllStoragePresentationContexts, build_role, evt
from pynetdicom.sop_class import StorageCommitmentPushModel, StorageCommitmentPushModelInstance

port, report_port, mode, lose = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
files = sys.argv[5:]
held = {}
lost = set()


def secured(protocol):
    if not files:
        return None
    made = ssl.SSLContext(protocol)
    made.load_verify_locations(files[0])
    made.load_cert_chain(files[1], files[2])
    made.verify_mode = ssl.CERT_REQUIRED
    return made


def on_store(event):
    uid = str(event.request.AffectedSOPInstanceUID)
    if uid not in lost and len(lost) < lose:
        lost.add(uid)
    else:
        held[uid] = str(event.request.AffectedSOPClassUID)
    return 0x0000


def report_on(association, asked):
    answer = Dataset()
    answer.TransactionUID = asked.TransactionUID
    good = [item for item in asked.ReferencedSOPSequence if item.ReferencedSOPInstanceUID in held]
    bad = [item for item in asked.ReferencedSOPSequence if item.ReferencedSOPInstanceUID not in held]
    if good:
        answer.ReferencedSOPSequence = good
    if bad:
        answer.FailedSOPSequence = bad
        for item in bad:
            item.FailureReason = 0x0112
    association.send_n_event_report(answer, 2 if bad else 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance)


def call(asked):
    ae = AE(ae_title="KEEPER")
    ae.add_requested_context(StorageCommitmentPushModel)
    role = build_role(StorageCommitmentPushModel, scp_role=True)
    secure = secured(ssl.PROTOCOL_TLS_CLIENT)
    tls = None if secure is None else (secure, "localhost")
    association = ae.associate("127.0.0.1", report_port, ae_title="FILMLESS", ext_neg=[role], tls_args=tls)
    if association.is_established:
        report_on(association, asked)
        association.release()


def answer_later(association, asked):
    time.sleep(0.3)
    if mode == "same":
        report_on(association, asked)
    else:
        call(asked)


def on_action(event):
    threading.Thread(target=answer_later, args=(event.assoc, event.action_information)).start()
    return 0x0000, None


server = AE(ae_title="KEEPER")
server.supported_contexts = AllStoragePresentationContexts
server.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)
server.start_server(
    ("127.0.0.1", port),
    block=False,
    evt_handlers=[(evt.EVT_C_STORE, on_store), (evt.EVT_N_ACTION, on_action)],
    ssl_context=secured(ssl.PROTOCOL_TLS_SERVER),
)
print("listening", flush=True)
threading.Event().wait()
