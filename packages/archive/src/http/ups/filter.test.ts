import { describe, expect, it } from 'vitest';
import { filterOf } from './filter.ts';

const LABEL = '00741204';
const PATIENT = '00100020';

const read = (query: string) =>
  filterOf(new URL(`http://pacs.test/subscribers/RIS?${query}`)).map(({ path, match }) => [path, match]);
const encoded = (list: string) => String(new URLSearchParams({ filter: list }));

/** What is read of a parameter of its own, where a comma has no meaning. */
const alone = (attribute: string, value: string) => read(String(new URLSearchParams({ [attribute]: value })))[0];

describe('the filter of a subscription', () => {
  it.each([
    ['filter=PatientID=F1,ProcedureStepLabel=CAD*', ['F1', 'CAD*']],
    ['filter=PatientID=F1,%20ProcedureStepLabel=CAD*', ['F1', 'CAD*']],
    [encoded('PatientID=F1,ProcedureStepLabel=CAD*'), ['F1', 'CAD*']],
    ['filter=00100020=F1,00741204=CAD*', ['F1', 'CAD*']],
    ['deletionlock=true&PatientID=F1&filter=ProcedureStepLabel=CAD*', ['F1', 'CAD*']],
    ['filter=PatientID=F1,ProcedureStepLabel=Ngực, bụng', ['F1', 'Ngực, bụng']],
    ['filter=PatientID=F1,ProcedureStepLabel=Ng%E1%BB%B1c%2C%20b%E1%BB%A5ng', ['F1', 'Ngực, bụng']],
    ['filter=PatientID=F1,ProcedureStepLabel=Ng%E1%BB%B1c%2C+b%E1%BB%A5ng', ['F1', 'Ngực, bụng']],
    [encoded('PatientID=F1,ProcedureStepLabel=Ngực, bụng'), ['F1', 'Ngực, bụng']],
    // What would be a key of its own, were it not encoded.
    ['filter=PatientID=F1,ProcedureStepLabel=a%2CModality%3DCT', ['F1', 'a,Modality=CT']],
    ['filter=PatientID=F1%2CModality%3DCT,ProcedureStepLabel=a=b', ['F1,Modality=CT', 'a=b']],
  ])('%s', (query, [patient = '', label = '']) => {
    expect(read(query)).toEqual([alone('PatientID', patient), alone('ProcedureStepLabel', label)]);
    expect(read(query).map(([path]) => path)).toEqual([[PATIENT], [LABEL]]);
  });

  it('goes into sequences', () => {
    const path = ['00404018', '00080100'];
    expect(read('filter=PatientID=F1,ScheduledWorkitemCodeSequence.CodeValue=a,b')[1]?.[0]).toEqual(path);
    expect(read('filter=PatientID=F1,00404018.00080100=a,b')[1]?.[0]).toEqual(path);
  });

  it.each([
    '',
    'deletionlock=true',
    'filter=',
    'filter=Nonsense=1',
    'filter=PatientID=F1,Nonsense=1',
    'filter==1',
    'filter=,PatientID=F1',
  ])('that names no attribute is refused: %s', (query) =>
    expect(() => filterOf(new URL(`http://pacs.test/?${query}`))).toThrow(/attribute/),
  );
});
