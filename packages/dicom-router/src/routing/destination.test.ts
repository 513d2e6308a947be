import { describe, expect, it } from 'vitest';
import { type DicomDestination, type RoutingRule, route } from './destination.ts';

const destination = (aeTitle: string, when: Partial<RoutingRule> = {}): DicomDestination => ({
  kind: 'dicom',
  id: aeTitle.toLowerCase(),
  aeTitle,
  host: '10.0.0.1',
  port: 104,
  when: { callingAes: [], modalities: [], ...when },
  enabled: true,
});

describe('routing', () => {
  const all = destination('ALL');
  const ct = destination('CTONLY', { modalities: ['CT'] });
  const room = destination('ROOM1', { callingAes: ['CR01'] });
  const both = destination('BOTH', { callingAes: ['CT01'], modalities: ['CT'] });
  const chosen = (callingAe: string, modality?: string) =>
    route([all, ct, room, both], { callingAe, modality }).map(({ destination }) => destination);

  it('sends by calling entity and modality, and everything where nothing is asked', () => {
    expect(chosen('CT01', 'CT')).toEqual(['all', 'ctonly', 'both']);
    expect(chosen('CR01', 'CR')).toEqual(['all', 'room1']);
    expect(chosen('CT01', 'SR')).toEqual(['all']);
    expect(chosen('X', undefined)).toEqual(['all']);
  });

  it('sends nothing back to where it came from', () => {
    expect(chosen('ALL', 'CT')).toEqual(['ctonly']);
  });
});
