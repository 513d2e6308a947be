"""A modality made of pynetdicom: worklist, procedure steps, storage commitment. Reads one job as JSON on stdin, writes its result as
JSON on stdout."""

import json
import ssl
import sys
import threading
import time

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import (
    ModalityPerformedProcedureStep,
    ModalityPerformedProcedureStepRetrieve,
    ModalityWorklistInformationFind,
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
)


def entity(job, *classes):
    ae = AE(ae_title=job.get("calling", "CT01"))
    ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = 60
    syntax = ExplicitVRLittleEndian if job.get("explicit") else ImplicitVRLittleEndian
    for sop_class in classes:
        ae.add_requested_context(sop_class, syntax)
    return ae


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


def connect(job, ae, handlers=None):
    handlers = handlers or []
    association = ae.associate("127.0.0.1", job["port"], ae_title="FILMLESS", evt_handlers=handlers, tls_args=called_by(job))
    if not association.is_established:
        # It aborts where no presentation context was accepted.
        print(json.dumps({"rejected": sorted({context.result for context in association.rejected_contexts})}))
        raise SystemExit(0)
    return association


def from_json(value):
    return Dataset.from_json(json.dumps(value))


def status_of(status):
    return {
        "status": status.get("Status"),
        "errorId": status.get("ErrorID"),
        "comment": status.get("ErrorComment"),
    }


def worklist(job):
    association = connect(job, entity(job, ModalityWorklistInformationFind))
    found, statuses = [], []
    for status, identifier in association.send_c_find(from_json(job["identifier"]), ModalityWorklistInformationFind):
        statuses.append(status.get("Status"))
        if identifier is not None:
            # Decoded by its own character set, as a console would.
            identifier.decode()
            found.append(identifier.to_json_dict())
    association.release()
    return {"statuses": statuses, "found": found}


def mpps(job):
    """Operations one after the other on one association."""
    heard = []
    handlers = [(evt.EVT_DIMSE_RECV, lambda event: heard.append(event.message.command_set))]
    ae = entity(job, ModalityPerformedProcedureStep, ModalityPerformedProcedureStepRetrieve)
    association = connect(job, ae, handlers)
    results = []
    for step in job["steps"]:
        attributes = from_json(step.get("dataSet", {}))
        if step["do"] == "create":
            status, answered = association.send_n_create(attributes, ModalityPerformedProcedureStep, step.get("uid"))
        elif step["do"] == "set":
            status, answered = association.send_n_set(attributes, ModalityPerformedProcedureStep, step["uid"])
        else:
            status, answered = association.send_n_get([], ModalityPerformedProcedureStepRetrieve, step["uid"])
        result = status_of(status)
        result["uid"] = str(heard[-1].get("AffectedSOPInstanceUID", ""))
        result["name"] = str(answered.PatientName) if answered is not None and "PatientName" in answered else None
        results.append(result)
    association.release()
    return results


def described(event):
    report = event.event_information
    return {
        "type": event.event_type,
        "transaction": str(report.TransactionUID),
        "committed": [str(item.ReferencedSOPInstanceUID) for item in report.get("ReferencedSOPSequence", [])],
        "failed": [[str(item.ReferencedSOPInstanceUID), item.FailureReason] for item in report.get("FailedSOPSequence", [])],
    }


def wish(job):
    asked = Dataset()
    asked.TransactionUID = job["transaction"]
    asked.ReferencedSOPSequence = []
    for sop_class, uid in job["instances"]:
        item = Dataset()
        item.ReferencedSOPClassUID = sop_class
        item.ReferencedSOPInstanceUID = uid
        asked.ReferencedSOPSequence.append(item)
    return asked


def commit(job):
    """Asks, and waits for the report: on the same association, or as a server of its own (`listen`), refusing it so often first."""
    reports = []
    heard = threading.Event()
    refusals = [job.get("refuse", 0)]

    def report(event):
        if refusals[0] > 0:
            refusals[0] -= 1
            return 0x0110, None
        reports.append(described(event) | {"same": event.assoc is asking})
        heard.set()
        return 0x0000, None

    handlers = [(evt.EVT_N_EVENT_REPORT, report)]
    server = None
    asking = None
    if "listen" in job:
        listener = AE(ae_title=job.get("calling", "CT01"))
        listener.add_supported_context(StorageCommitmentPushModel, scu_role=False, scp_role=True)
        secure = secured(job, ssl.PROTOCOL_TLS_SERVER)
        server = listener.start_server(("127.0.0.1", job["listen"]), block=False, evt_handlers=handlers, ssl_context=secure)
    asking = connect(job, entity(job, StorageCommitmentPushModel), [] if job.get("deaf") else handlers)
    status, _ = asking.send_n_action(wish(job), 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance)
    if job.get("leave"):
        asking.release()
    if status.get("Status") == 0x0000:
        heard.wait(job.get("patience", 60))
    if asking.is_established:
        asking.release()
    if server is not None:
        time.sleep(0.2)
        server.shutdown()
    return status_of(status) | {"reports": reports}


JOBS = {"worklist": worklist, "mpps": mpps, "commit": commit}

job = json.load(sys.stdin)
print(json.dumps(JOBS[job["do"]](job)))
