"""A pynetdicom archive and RIS: verification, study root FIND, MOVE and GET, modality worklist.

Reads one job as a JSON line on standard input: "port", "title", "files" [path] that it holds, "nodes" {title: [address, port]} that it
moves to, "worklist" [item as DICOM JSON], and for TLS "ca", "cert", "key". Prints one line when it listens."""

import json
import ssl
import sys
import threading

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, StoragePresentationContexts, evt
from pynetdicom.sop_class import (
    ModalityWorklistInformationFind,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

job = json.loads(sys.stdin.readline())
held = [dcmread(path) for path in job["files"]]
worklist = [Dataset.from_json(json.dumps(item)) for item in job["worklist"]]
UNIQUE = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def named(identifier):
    """The instances whose UIDs are those of the identifier, where it has any."""
    given = {keyword: identifier[keyword].value for keyword in UNIQUE if identifier.get(keyword)}
    return [one for one in held if all(one[keyword].value == value for keyword, value in given.items())]


def answer(instance, keys):
    made = Dataset()
    made.QueryRetrieveLevel = keys.QueryRetrieveLevel
    for element in keys:
        if element.tag in instance:
            made[element.tag] = instance[element.tag]
    return made


def on_find(event):
    keys = event.identifier
    if event.request.AffectedSOPClassUID == ModalityWorklistInformationFind:
        station = keys.ScheduledProcedureStepSequence[0].ScheduledStationAETitle
        found = [item for item in worklist if item.ScheduledProcedureStepSequence[0].ScheduledStationAETitle == station]
    elif keys.QueryRetrieveLevel == "IMAGE":
        found = [answer(instance, keys) for instance in named(keys)]
    else:
        yield 0xA900, None
        return
    for one in found:
        if event.is_cancelled:
            yield 0xFE00, None
            return
        yield 0xFF00, one


def secured(protocol):
    made = ssl.SSLContext(protocol)
    made.load_verify_locations(job["ca"])
    made.load_cert_chain(job["cert"], job["key"])
    made.verify_mode = ssl.CERT_REQUIRED
    return made


def on_move(event):
    node = job["nodes"].get(event.move_destination)
    if node is None:
        yield None, None
        return
    secure = {"tls_args": (secured(ssl.PROTOCOL_TLS_CLIENT), "localhost")} if "ca" in job else {}
    yield node[0], node[1], {"ae_title": event.move_destination, **secure}
    yield from sent(event)


def on_get(event):
    yield from sent(event)


def sent(event):
    found = named(event.identifier)
    yield len(found)
    for instance in found:
        yield 0xFF00, instance


server = AE(ae_title=job["title"])
server.requested_contexts = StoragePresentationContexts
for context in StoragePresentationContexts:
    server.add_supported_context(context.abstract_syntax, ExplicitVRLittleEndian, scu_role=True, scp_role=True)
for sop_class in (
    Verification,
    ModalityWorklistInformationFind,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
):
    server.add_supported_context(sop_class)
secure = secured(ssl.PROTOCOL_TLS_SERVER) if "ca" in job else None
handlers = [(evt.EVT_C_FIND, on_find), (evt.EVT_C_MOVE, on_move), (evt.EVT_C_GET, on_get)]
server.start_server(("127.0.0.1", job["port"]), block=False, evt_handlers=handlers, ssl_context=secure)
print("listening", flush=True)
threading.Event().wait()
