"""What the other scripts leave out of dicomweb-client: each way to retrieve more than one instance, and to delete less than a study.

What came one by one, by the transactions that the other scripts compare with pydicom, must come together.
"""

import io

from PIL import Image

from dicomweb_common import Report, kept, read_bytes, readable, setup

AS_STORED = (("application/dicom", "*"),)
UNCOMPRESSED = "1.2.840.10008.1.2.1"
PIXEL_DATA = "7FE00010"
MOST_BYTES = 8_000_000
MOST_PICTURES = 10


def chosen(config):
    """Studies that say something here: those of several instances."""
    by_study = {}
    for instance in kept(config):
        by_study.setdefault(instance.study, []).append(instance)
    for instances in sorted(by_study.values(), key=len, reverse=True):
        if len(instances) > 1 and sum(len(read_bytes(config.root, one.path)) for one in instances) < MOST_BYTES:
            yield instances


def uids(data_sets):
    return sorted(str(ds.SOPInstanceUID) for ds in data_sets)


def check_retrieved(client, report, instances):
    study = instances[0].study
    whole = sorted(instance.instance for instance in instances)
    held = sorted(found["00080018"]["Value"][0] for found in client.search_for_instances(study, get_remaining=True))
    report.expect(set(whole) <= set(held), f"study {study}: {len(held)} instances found of {len(whole)}")
    report.expect(uids(client.retrieve_study(study, media_types=AS_STORED)) == held, f"retrieve_study {study}")
    report.expect(uids(client.iter_study(study, media_types=AS_STORED)) == held, f"iter_study {study}")
    described = sorted(one["00080018"]["Value"][0] for one in client.retrieve_study_metadata(study))
    report.expect(described == held, f"retrieve_study_metadata {study}")
    report.count("studies")
    for series in sorted({instance.series for instance in instances}):
        inside = sorted(found["00080018"]["Value"][0] for found in client.search_for_instances(study, series, get_remaining=True))
        report.expect(uids(client.retrieve_series(study, series, media_types=AS_STORED)) == inside, f"retrieve_series {series}")
        report.expect(uids(client.iter_series(study, series, media_types=AS_STORED)) == inside, f"iter_series {series}")
        report.count("series")


def size_of(picture):
    return Image.open(io.BytesIO(picture)).size


def pictured(config):
    """Images that lie uncompressed, of bytes that can be told apart."""
    found = 0
    for instance, ds in readable(config):
        whole = ds.get("BitsAllocated") in (8, 16) and not instance.path.startswith("broken/")
        if found < MOST_PICTURES and whole and ds.get("PixelData") and str(ds.file_meta.get("TransferSyntaxUID", "")) == UNCOMPRESSED:
            found += 1
            yield instance, ds


def check_pictures(client, report, instance, ds):
    study, series, sop = instance.uids
    size = (ds.Columns, ds.Rows)
    rendered = size_of(client.retrieve_instance_rendered(study, series, sop, media_types=("image/png",)))
    # Pixels that are not square are shown as they lie on the film.
    report.expect(rendered[0] >= size[0] and rendered[1] >= size[1], f"{instance.path}: rendered as {rendered}, not {size}")
    of_series = client.retrieve_series_rendered(study, series, media_types=("image/jpeg",), params={"viewport": "32,32"})
    report.expect(max(size_of(of_series)) == 32, f"{instance.path}: series rendered as {size_of(of_series)}")
    report.count("pictures")
    metadata = client.retrieve_instance_metadata(study, series, sop)
    address = metadata[PIXEL_DATA]["BulkDataURI"]
    (bulk,) = client.retrieve_bulkdata(address)
    report.expect(list(client.iter_bulkdata(address)) == [bulk], f"{instance.path}: iter_bulkdata")
    report.expect(bulk.rstrip(b"\0") == ds.PixelData.rstrip(b"\0"), f"{instance.path}: bulk data of the pixels")
    # Of an answer in parts nothing is left out. RFC 9110 14.2.
    report.expect(client.retrieve_bulkdata(address, byte_range=(0, 9)) == [bulk], f"{instance.path}: a range of parts")
    first, *more = client.iter_instance_frames(study, series, sop, [1])
    report.expect(not more and bulk.startswith(first), f"{instance.path}: iter_instance_frames")
    report.count("bulk data")


def check_deleted(config, client, report, instances):
    """Instance, then series; then all of it is stored again, as it was."""
    one = instances[0]
    others = [found["00080018"]["Value"][0] for found in client.search_for_instances(one.study, one.series, get_remaining=True)]
    client.delete_instance(*one.uids)
    left = [found["00080018"]["Value"][0] for found in client.search_for_instances(one.study, one.series, get_remaining=True)]
    report.expect(sorted([*left, one.instance]) == sorted(others), f"delete_instance left {len(left)} of {len(others)}")
    report.count("instances deleted")
    gone = [instance for instance in instances if instance.series == one.series]
    if left:
        client.delete_series(one.study, one.series)
        report.expect(client.search_for_series(one.study, search_filters={"SeriesInstanceUID": one.series}) == [], "delete_series")
        report.count("series deleted")
    data = [read_bytes(config.root, instance.path) for instance in gone]
    client._http_post_multipart_application_dicom(f"{config.url}/dicom-web/studies", data)
    back = client.retrieve_instance(*one.uids, media_types=AS_STORED)
    report.expect(back.SOPInstanceUID == one.instance, f"{one.path}: not stored again")


def main():
    config = setup()
    client = config.client()
    report = Report()
    for instances in list(chosen(config)):
        try:
            check_retrieved(client, report, instances)
            check_deleted(config, client, report, instances)
        except Exception as error:
            report.fail(f"{instances[0].path}: {type(error).__name__} {error}")
    for instance, ds in pictured(config):
        try:
            check_pictures(client, report, instance, ds)
        except Exception as error:
            report.fail(f"{instance.path}: {type(error).__name__} {error}")
    report.finish()


main()
