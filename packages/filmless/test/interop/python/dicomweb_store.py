"""STOW-RS: every file is stored, or refused with a reason; what is stored comes back with the same data set, byte for byte."""

import json

import pydicom
from requests.exceptions import HTTPError

from dicomweb_common import Report, data_set_offset, files, read_bytes, setup

KEPT_ASIDE = 0xB000
AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'


def outcome(client, url, data):
    """('stored' | 'conflict' | 'refused', reference item or None) of one instance, from the Store Instances response."""
    try:
        answer = client._http_post_multipart_application_dicom(url, [data])
    except HTTPError as error:
        if error.response.status_code != 409:
            raise
        answer = pydicom.Dataset.from_json(error.response.json())
    for item in answer.get("ReferencedSOPSequence", []):
        return ("conflict" if item.get("WarningReason") == KEPT_ASIDE else "stored"), item
    return "refused", None


def main():
    config = setup()
    client = config.client()
    report = Report()
    stored, refused, conflicts, seen = [], [], [], {}
    for path in files(config.root):
        data = read_bytes(config.root, path)
        status, item = outcome(client, f"{config.url}/dicom-web/studies", data)
        report.count(status)
        if status == "refused":
            refused.append(path)
            continue
        uid = item.ReferencedSOPInstanceUID
        if uid in seen:
            conflicts.append({"path": path, "as": seen[uid], "status": status})
            continue
        report.expect(status == "stored", f"{path}: {status}, though it is the first with its SOP Instance UID")
        seen[uid] = path
        parts = item.RetrieveURL.split("/")
        study, series, instance = (parts[parts.index(name) + 1] for name in ("studies", "series", "instances"))
        stored.append({"path": path, "study": study, "series": series, "instance": instance})
    with open(config.state, "w") as file:
        json.dump(stored, file)
    check_bytes(config, client, report, stored)
    check_repeat(config, client, report, stored)
    check_client_encoding(config, client, report, stored)
    report.finish(refused=refused, conflicts=conflicts)


def check_bytes(config, client, report, stored):
    for entry in stored:
        url = "{}/dicom-web/studies/{study}/series/{series}/instances/{instance}".format(config.url, **entry)
        response = client._http_get(url, headers={"Accept": AS_STORED})
        parts = list(client._decode_multipart_message(response, stream=False))
        sent = read_bytes(config.root, entry["path"])
        report.expect(len(parts) == 1, f"{entry['path']}: {len(parts)} parts")
        report.expect(parts[0][128:132] == b"DICM", f"{entry['path']}: what came back is no Part 10 file")
        same = parts[0][data_set_offset(parts[0]) :] == sent[data_set_offset(sent) :]
        report.expect(same, f"{entry['path']}: the data set came back changed")
        report.count("returned")


def check_repeat(config, client, report, stored):
    """A series sent again in one request is accepted and counted once."""
    by_series = {}
    for entry in stored:
        by_series.setdefault((entry["study"], entry["series"]), []).append(entry)
    (study, series), entries = max(by_series.items(), key=lambda item: len(item[1]))
    before = client.search_for_instances(study, series, get_remaining=True)
    data = [read_bytes(config.root, entry["path"]) for entry in entries]
    answer = client._http_post_multipart_application_dicom(f"{config.url}/dicom-web/studies/{study}", data)
    report.expect(len(answer.ReferencedSOPSequence) == len(entries), "a series sent again is not accepted whole")
    report.expect("FailedSOPSequence" not in answer, "a series sent again has failures")
    after = client.search_for_instances(study, series, get_remaining=True)
    report.expect(len(before) == len(after) == len(entries), f"{len(before)} instances became {len(after)}")
    report.count("sent again", len(entries))


def check_client_encoding(config, client, report, stored):
    """dicomweb-client's own way to store: a data set that pydicom writes. Another study's path refuses it."""
    entry = next(entry for entry in stored if entry["path"].endswith("MR_small.dcm"))
    ds = pydicom.dcmread(f"{config.root}/{entry['path']}", force=True)
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    ds.StudyInstanceUID = pydicom.uid.generate_uid()
    ds.SeriesInstanceUID = pydicom.uid.generate_uid()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    answer = client.store_instances([ds], study_instance_uid=ds.StudyInstanceUID)
    report.expect(len(answer.ReferencedSOPSequence) == 1, "store_instances was not accepted")
    back = client.retrieve_instance(ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID)
    report.expect(back.SOPInstanceUID == ds.SOPInstanceUID, "retrieve_instance gave another instance")
    try:
        client.store_instances([ds], study_instance_uid=entry["study"])
        report.fail("an instance was stored under another study's path")
    except HTTPError as error:
        report.expect(error.response.status_code == 409, f"another study's path: {error.response.status_code}")
    report.count("stored by the client's own encoder")


main()
