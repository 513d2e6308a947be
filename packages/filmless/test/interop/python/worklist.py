"""pydicom reads what the worklist answers, and writes what it is sent: one step of work, from its making to its end."""

import json

import requests
from dicomweb_common import Report, setup
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom.sop_class import UnifiedProcedureStepPush

JSON = "application/dicom+json"


def code(value, meaning):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def scheduled():
    step = Dataset()
    step.PatientName = "Nguyễn^Văn An"
    step.PatientID = "W001"
    step.PatientBirthDate = "19700101"
    step.PatientSex = "M"
    step.ProcedureStepState = "SCHEDULED"
    step.ScheduledProcedureStepPriority = "HIGH"
    step.ProcedureStepLabel = "Đọc CT ngực"
    step.ScheduledProcedureStepStartDateTime = "20260301080000"
    step.InputReadinessState = "READY"
    step.ScheduledWorkitemCodeSequence = [code("110004", "Computer Aided Detection")]
    return step


def performed():
    item = Dataset()
    item.PerformedStationNameCodeSequence = [code("CAD1", "CAD server")]
    item.PerformedWorkitemCodeSequence = [code("110004", "Computer Aided Detection")]
    item.PerformedProcedureStepStartDateTime = "20260301081000"
    item.PerformedProcedureStepEndDateTime = "20260301081500"
    item.OutputInformationSequence = []
    step = Dataset()
    step.UnifiedProcedureStepPerformedProcedureSequence = [item]
    return step


def to_state(state, transaction):
    change = Dataset()
    change.ProcedureStepState = state
    change.TransactionUID = transaction
    return change


class Worklist:
    def __init__(self, given):
        self.root = f"{given.url}/dicom-web/workitems"
        self.headers = {"Authorization": f"Bearer {given.token}"}

    def send(self, method, path, dataset=None):
        body = None if dataset is None else json.dumps(dataset.to_json_dict()).encode()
        headers = {**self.headers, **({} if dataset is None else {"Content-Type": JSON})}
        return requests.request(method, f"{self.root}{path}", data=body, headers=headers, timeout=60)

    def read(self, uid):
        answer = requests.get(f"{self.root}/{uid}", headers={**self.headers, "Accept": JSON}, timeout=60)
        return Dataset.from_json(answer.text)


def check_elements(report, dataset):
    """Each element has the value representation of pydicom's dictionary, and a value that it takes."""
    for element in dataset.iterall():
        report.count("elements")
        report.expect(element.VR in dictionary_VR(element.tag), f"{element.tag}: {element.VR}")


def main():
    given = setup()
    report = Report()
    worklist = Worklist(given)
    uid, transaction = generate_uid(), generate_uid()

    def expect(response, status):
        report.count("requests")
        report.expect(response.status_code == status, lambda: f"{response.request.method} {response.url}: {response.status_code} {response.text}")

    sent = scheduled()
    expect(worklist.send("POST", f"?workitem={uid}", sent), 201)
    kept = worklist.read(uid)
    check_elements(report, kept)
    report.expect(kept.SOPClassUID == UnifiedProcedureStepPush and kept.SOPInstanceUID == uid, "UIDs")
    for element in sent:
        report.count("compared")
        report.expect(kept[element.tag] == element, f"{element.keyword}: {kept[element.tag]}")

    expect(worklist.send("PUT", f"/{uid}/state", to_state("IN PROGRESS", transaction)), 200)
    expect(worklist.send("PUT", f"/{uid}/state", to_state("IN PROGRESS", generate_uid())), 409)
    expect(worklist.send("PUT", f"/{uid}/state", to_state("COMPLETED", transaction)), 409)
    expect(worklist.send("POST", f"/{uid}?transaction-uid={transaction}", performed()), 200)
    expect(worklist.send("PUT", f"/{uid}/state", to_state("COMPLETED", transaction)), 200)
    done = worklist.read(uid)
    check_elements(report, done)
    report.expect(done.ProcedureStepState == "COMPLETED", "not COMPLETED")
    report.expect("TransactionUID" not in done, "the Transaction UID is told")
    [item] = done.UnifiedProcedureStepPerformedProcedureSequence
    report.expect(item.PerformedStationNameCodeSequence[0].CodeValue == "CAD1", "who performed it")

    found = worklist.send("GET", "?PatientName=nguyen*&ProcedureStepState=COMPLETED")
    results = [Dataset.from_json(one) for one in found.json()]
    report.expect([one.SOPInstanceUID for one in results] == [uid], "not found")
    for one in results:
        check_elements(report, one)
    report.finish(uid=uid)


main()
