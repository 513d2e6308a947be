const two = (value: number) => String(value).padStart(2, '0');
/** The day on the clocks of this machine, `YYYY-MM-DD`. */
export function today(): string {
  const now = new Date();
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** An order as a HIS sends it. */
export function wish(accessionNumber: string, name: string, more: object = {}): object {
  return {
    accessionNumber,
    patient: { id: `ID-${accessionNumber}`, name, birthDate: '1970-01-01', sex: 'M' },
    description: 'CT ngực',
    steps: [{ modality: 'CT', stationAeTitle: 'CT01', start: `${today()}T08:00:00` }],
    ...more,
  };
}

/** What a machine reports of its work, as the router passes it on. PS3.4 F.7.2. */
export function performedStep(accessionNumber: string, study: string, status: string, images: readonly string[]): object {
  const value = (vr: string, ...values: readonly unknown[]) => ({ vr, Value: values });
  const reference = (uid: string) => ({
    '00081150': value('UI', '1.2.840.10008.5.1.4.1.1.2'),
    '00081155': value('UI', uid),
  });
  const now = today().replaceAll('-', '');
  const begun = {
    '00080060': value('CS', 'CT'),
    '00100020': value('LO', 'W9'),
    '00400241': value('AE', 'CT01'),
    '00400244': value('DA', now),
    '00400245': value('TM', '080310'),
    '00400253': value('SH', 'PPS1'),
    '00400270': value('SQ', {
      '0020000D': value('UI', study),
      '00080050': value('SH', accessionNumber),
      '00400009': value('SH', 'SPS1'),
    }),
  };
  const ended = {
    '00400250': value('DA', now),
    '00400251': value('TM', '081500'),
    '00400340': value('SQ', { '0020000E': value('UI', '2.25.903'), '00081140': value('SQ', ...images.map(reference)) }),
  };
  return { ...(images.length === 0 ? begun : ended), '00400252': value('CS', status) };
}
