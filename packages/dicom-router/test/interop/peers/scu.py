"""A pynetdicom user. Reads one job as JSON on stdin, writes its result as JSON on stdout."""

import json
import sys
import time

from pydicom.filereader import read_file_meta_info
from pydicom.uid import UID
from pynetdicom import AE, _config
from pynetdicom.pdu_primitives import (
    AsynchronousOperationsWindowNegotiation,
    SOPClassExtendedNegotiation,
    UserIdentityNegotiation,
)
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind, Verification

# The bytes of the file, not a data set encoded anew.
_config.STORE_SEND_CHUNKED_DATASET = True


def hold_still(association):
    """Before anything is sent: pynetdicom's own thread, on a busy machine, may not have noticed yet that it is to pause, and then
    takes the response from the queue; the sender waits for it in vain until it aborts."""
    checkpoint = association._reactor_checkpoint
    checkpoint.clear()
    while not checkpoint._cond._waiters and association.is_alive():
        time.sleep(0.0001)


def store(job):
    ae = AE(ae_title=job.get("calling", "PYNETDICOM"))
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 60
    pairs = []
    for path in job["files"]:
        meta = read_file_meta_info(path)
        pair = (meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID)
        if pair not in pairs:
            pairs.append(pair)
    for sop_class, syntax in pairs:
        ae.add_requested_context(sop_class, syntax)
    association = ae.associate("127.0.0.1", job["port"], ae_title="FILMLESS")
    if not association.is_established:
        return {"established": False}
    statuses = []
    for path in job["files"]:
        hold_still(association)
        status = association.send_c_store(path)
        statuses.append(status.get("Status", None))
    association.release()
    return {"established": True, "statuses": statuses, "maximum": association.acceptor.maximum_length}


def known(job):
    """The transfer syntaxes that pydicom has heard of; it proposes no other."""
    return [uid for uid in job["syntaxes"] if UID(uid).is_transfer_syntax]


def echo(job):
    """Many associations, one after the other."""
    ae = AE(ae_title="PYNETDICOM")
    ae.add_requested_context(Verification)
    good = 0
    for _ in range(job["count"]):
        association = ae.associate("127.0.0.1", job["port"], ae_title="FILMLESS")
        if association.is_established and association.send_c_echo().get("Status") == 0:
            good += 1
            association.release()
    return {"good": good}


def negotiate(job):
    """Offers everything there is to be offered."""
    ae = AE(ae_title="PYNETDICOM")
    ae.add_requested_context(Verification)
    ae.add_requested_context(StudyRootQueryRetrieveInformationModelFind)
    ae.add_requested_context("1.2.840.10008.5.1.4.1.1.2")
    window = AsynchronousOperationsWindowNegotiation()
    window.maximum_number_operations_invoked = 5
    window.maximum_number_operations_performed = 5
    extended = SOPClassExtendedNegotiation()
    extended.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2"
    extended.service_class_application_information = b"\x02\x00\x03\x00\x01\x00"
    identity = UserIdentityNegotiation()
    identity.user_identity_type = 1
    identity.positive_response_requested = True
    identity.primary_field = b"someone"
    association = ae.associate(
        "127.0.0.1", job["port"], ae_title="FILMLESS", ext_neg=[window, extended, identity]
    )
    answer = {
        "accepted": [str(context.abstract_syntax) for context in association.accepted_contexts],
        "rejected": {str(context.abstract_syntax): context.result for context in association.rejected_contexts},
        "extended": {
            str(uid): list(value) for uid, value in association.acceptor.sop_class_extended.items()
        },
        "window": list(association.acceptor.asynchronous_operations),
        "version": association.acceptor.implementation_version_name,
        "echo": association.send_c_echo().get("Status"),
    }
    association.release()
    return answer


if __name__ == "__main__":
    request = json.load(sys.stdin)
    print(json.dumps(globals()[request["do"]](request)))
