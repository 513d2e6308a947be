"""Stores metadata with bulk data, as pydicom writes both, and reads the objects back; then deletes them."""

import json
import uuid

from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.uid import generate_uid

from dicomweb_common import Report, readable, setup

PIXEL_DATA = "7FE00010"
# What the codestream tells. PS3.18 10.5.2.
TOLD = ["00280002", "00280010", "00280011", "00280100", "00280101", "00280102"]
JPEG = "image/jpeg"
TYPES = {
    "1.2.840.10008.1.2.1": "application/octet-stream",
    "1.2.840.10008.1.2.4.50": JPEG,
    "1.2.840.10008.1.2.4.51": JPEG,
    "1.2.840.10008.1.2.4.57": JPEG,
    "1.2.840.10008.1.2.4.70": JPEG,
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
}
READ = (JPEG, "image/jls", "image/jp2", "image/jphc")
MOST_FRAMES = 20
MOST_OF_A_TYPE = 15


def frames_of(ds):
    count = int(ds.get("NumberOfFrames") or 1)
    return list(generate_frames(ds.PixelData, number_of_frames=count))


def body_of(metadata, parts, boundary):
    pieces = [f"--{boundary}\r\nContent-Type: application/dicom+json\r\n\r\n".encode(), json.dumps([metadata]).encode()]
    for location, media_type, data in parts:
        head = f"\r\n--{boundary}\r\nContent-Type: {media_type}\r\nContent-Location: {location}\r\n\r\n"
        pieces += [head.encode(), data]
    return b"".join([*pieces, f"\r\n--{boundary}--\r\n".encode()])


def described(ds, uids, media_type, syntax):
    """Metadata and bulk data, under UIDs of their own."""
    parts = []

    def bulk(element):
        location = f"bulk/{len(parts)}"
        data = element.value if isinstance(element.value, bytes) else str(element.value).encode()
        parts.append((location, "application/octet-stream", data))
        return location

    plain = Dataset()
    for element in ds:
        if element.tag != 0x7FE00010:
            plain.add(element)
    metadata = plain.to_json_dict(bulk_data_threshold=1024, bulk_data_element_handler=bulk)
    for tag, uid in zip(("0020000D", "0020000E", "00080018"), uids):
        metadata[tag] = {"vr": "UI", "Value": [uid]}
    metadata[PIXEL_DATA] = {"vr": "OW", "BulkDataURI": "pixels"}
    if media_type in READ:
        for tag in TOLD:
            metadata.pop(tag, None)
    data = [ds.PixelData] if media_type.startswith("application") else frames_of(ds)
    named = f"{media_type}; transfer-syntax={syntax}" if not media_type.startswith("application") else media_type
    return metadata, [*parts, *(("pixels", named, frame) for frame in data)]


def codestream(frame):
    """Without the boxes of a JP2 file, which DICOM does not have. PS3.5 A.4.4."""
    at = frame.find(b"jp2c") if frame[4:8] == b"jP  " else -1
    return (frame if at < 0 else frame[at + 4 :]).rstrip(b"\0")


def same_pixels(ds, back, media_type):
    if media_type.startswith("application"):
        return ds.PixelData.rstrip(b"\0") == back.PixelData.rstrip(b"\0")
    return [codestream(frame) for frame in frames_of(ds)] == [frame.rstrip(b"\0") for frame in frames_of(back)]


def check(client, report, ds, path):
    try:
        int(ds.get("NumberOfFrames") or 1)
    except ValueError:
        report.count("unwritten")
        return
    syntax = str(ds.file_meta.get("TransferSyntaxUID", ""))
    media_type = TYPES.get(syntax)
    if media_type is None or report.checked.get(media_type, 0) >= MOST_OF_A_TYPE or "PixelData" not in ds or ds.PixelData is None or int(ds.get("NumberOfFrames") or 1) > MOST_FRAMES:
        return
    uids = [generate_uid() for _ in range(3)]
    try:
        metadata, parts = described(ds, uids, media_type, syntax)
    except (AttributeError, NotImplementedError, ValueError):
        # What pydicom cannot write as JSON.
        report.count("unwritten")
        return
    boundary = uuid.uuid4().hex
    headers = {
        "Content-Type": f'multipart/related; type="application/dicom+json"; boundary={boundary}',
        "Accept": "application/dicom+json",
    }
    response = client._session.post(f"{client.base_url}/studies", data=body_of(metadata, parts, boundary), headers=headers)
    if response.status_code != 200:
        report.fail(f"{path}: {media_type} {response.status_code} {response.text}")
        return
    report.count(media_type)
    back = client.retrieve_instance(*uids, media_types=(("application/dicom", "*"),))
    report.expect(back.file_meta.TransferSyntaxUID == syntax, lambda: f"{path}: {back.file_meta.TransferSyntaxUID}")
    report.expect(same_pixels(ds, back, media_type), f"{path}: other pixels")
    for keyword in ("Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "PatientName", "StudyDate", "Modality"):
        report.expect(str(ds.get(keyword, "")) == str(back.get(keyword, "")), lambda: f"{path}: {keyword} {back.get(keyword)}")
    client.delete_study(uids[0])
    report.count("deleted")
    report.expect(client.search_for_studies(search_filters={"StudyInstanceUID": uids[0]}) == [], f"{path}: still found")


def main():
    config = setup()
    client = config.client()
    report = Report()
    for instance, ds in readable(config):
        try:
            check(client, report, ds, instance.path)
        except Exception as error:
            report.fail(f"{instance.path}: {type(error).__name__} {error}")
    report.finish()


main()
