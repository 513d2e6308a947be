"""A pynetdicom user of the Query/Retrieve service class.

Reads a job from standard input and prints its result, both JSON. Every job has "do", "port", "ae", "calling", "model" ("S" or "P"),
"level", "keys" {keyword: value or list} and "charset" [term]; over TLS also "tls".

find: also "extended" [bytes], "cancelAfter" number of answers. Gives {"statuses", "answers": [{keyword: text}], "charsets"}.
move: also "to" (title), "listen" (port, where an SCP of ours takes what comes), "refuse" [SOP Instance UID], "cancelAfter" number of
pending responses. Gives {"statuses", "counts", "failed", "received": [{"uid", "syntax", "originator", "message"}], "comment"}.
get: also "classes" [SOP class], "syntaxes" [transfer syntax], "refuse", "cancelAfter". Gives the same.
"""

import json
import ssl
import sys

from pydicom.dataset import Dataset
from pynetdicom import AE, build_role, evt
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation
from pynetdicom.presentation import AllStoragePresentationContexts
from pynetdicom.sop_class import (
    PatientRootQueryRetrieveInformationModelFind,
    PatientRootQueryRetrieveInformationModelGet,
    PatientRootQueryRetrieveInformationModelMove,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
)

MODELS = {
    ("find", "S"): StudyRootQueryRetrieveInformationModelFind,
    ("find", "P"): PatientRootQueryRetrieveInformationModelFind,
    ("move", "S"): StudyRootQueryRetrieveInformationModelMove,
    ("move", "P"): PatientRootQueryRetrieveInformationModelMove,
    ("get", "S"): StudyRootQueryRetrieveInformationModelGet,
    ("get", "P"): PatientRootQueryRetrieveInformationModelGet,
}
MESSAGE_ID = 77


def identifier(job):
    keys = Dataset()
    if job.get("charset"):
        keys.SpecificCharacterSet = job["charset"]
    if job.get("level"):
        keys.QueryRetrieveLevel = job["level"]
    for keyword, value in job.get("keys", {}).items():
        setattr(keys, keyword, value)
    return keys


def entity(job):
    made = AE(ae_title=job["calling"])
    made.acse_timeout = made.dimse_timeout = made.network_timeout = 60
    return made


def secured(job, protocol):
    """What a peer shows and believes over TLS; None for the clear. The job's "tls" has "ca", "cert", "key"."""
    if "tls" not in job:
        return None
    made = ssl.SSLContext(protocol)
    made.load_verify_locations(job["tls"]["ca"])
    made.load_cert_chain(job["tls"]["cert"], job["tls"]["key"])
    made.verify_mode = ssl.CERT_REQUIRED
    return made


def called_by(job):
    context = secured(job, ssl.PROTOCOL_TLS_CLIENT)
    return None if context is None else (context, "localhost")


def associate(job, made, handlers=(), roles=()):
    ext_neg = list(roles)
    if job.get("extended"):
        item = SOPClassExtendedNegotiation()
        item.sop_class_uid = MODELS[(job["do"], job["model"])]
        item.service_class_application_information = bytes(job["extended"])
        ext_neg.append(item)
    association = made.associate(
        "127.0.0.1",
        job["port"],
        ae_title=job["ae"],
        ext_neg=ext_neg,
        evt_handlers=list(handlers),
        tls_args=called_by(job),
    )
    if not association.is_established:
        raise RuntimeError("no association")
    return association


def text(element):
    return "" if element.value is None else str(element.value) if element.VM < 2 else [str(value) for value in element.value]


def find(job):
    model = MODELS[("find", job["model"])]
    made = entity(job)
    made.add_requested_context(model)
    association = associate(job, made)
    statuses, answers, charsets = [], [], []
    for status, answer in association.send_c_find(identifier(job), model, msg_id=MESSAGE_ID):
        statuses.append(status.get("Status", -1))
        if answer is not None:
            charsets.append(text(answer["SpecificCharacterSet"]) if "SpecificCharacterSet" in answer else None)
            answer.decode()
            answers.append({element.keyword: text(element) for element in answer if element.keyword})
        if len(answers) == job.get("cancelAfter"):
            association.send_c_cancel(MESSAGE_ID, query_model=model)
    association.release()
    return {"statuses": statuses, "answers": answers, "charsets": charsets}


def receiver(job, received):
    refused = set(job.get("refuse", []))

    def handle(event):
        uid = str(event.request.AffectedSOPInstanceUID)
        if uid in refused:
            return 0xA700
        dataset = event.dataset
        received.append(
            {
                "uid": uid,
                "syntax": str(event.context.transfer_syntax),
                "originator": event.request.MoveOriginatorApplicationEntityTitle,
                "message": event.request.MoveOriginatorMessageID,
                "pixels": len(dataset.PixelData) if "PixelData" in dataset else 0,
            }
        )
        return 0x0000

    return handle


def follow(job, association, responses, received):
    statuses, counts, failed, comment = [], [], [], None
    for status, answer in responses:
        statuses.append(status.get("Status", -1))
        counts.append(
            [
                status.get(f"NumberOf{kind}Suboperations", None)
                for kind in ("Remaining", "Completed", "Failed", "Warning")
            ]
        )
        comment = status.get("ErrorComment", None)
        if answer is not None and "FailedSOPInstanceUIDList" in answer:
            value = answer.FailedSOPInstanceUIDList
            failed = [str(uid) for uid in ([value] if isinstance(value, str) else value or [])]
        if statuses.count(0xFF00) == job.get("cancelAfter"):
            association.send_c_cancel(MESSAGE_ID, query_model=MODELS[(job["do"], job["model"])])
    association.release()
    return {"statuses": statuses, "counts": counts, "failed": failed, "comment": comment, "received": received}


def move(job):
    received = []
    taking = AE(ae_title=job["to"])
    for context in AllStoragePresentationContexts:
        taking.add_supported_context(context.abstract_syntax, job.get("syntaxes", None) or context.transfer_syntax)
    server = taking.start_server(
        ("127.0.0.1", job["listen"]),
        block=False,
        evt_handlers=[(evt.EVT_C_STORE, receiver(job, received))],
        ssl_context=secured(job, ssl.PROTOCOL_TLS_SERVER),
    )
    model = MODELS[("move", job["model"])]
    made = entity(job)
    made.add_requested_context(model)
    association = associate(job, made)
    responses = association.send_c_move(identifier(job), job["to"], model, msg_id=MESSAGE_ID)
    result = follow(job, association, responses, received)
    server.shutdown()
    return result


def get(job):
    received = []
    model = MODELS[("get", job["model"])]
    made = entity(job)
    made.add_requested_context(model)
    for sop_class in job["classes"]:
        made.add_requested_context(sop_class, job["syntaxes"])
    roles = [build_role(sop_class, scp_role=True) for sop_class in job["classes"]]
    association = associate(job, made, [(evt.EVT_C_STORE, receiver(job, received))], roles)
    return follow(job, association, association.send_c_get(identifier(job), model, msg_id=MESSAGE_ID), received)


if __name__ == "__main__":
    request = json.load(sys.stdin)
    print(json.dumps({"find": find, "move": move, "get": get}[request["do"]](request)))
