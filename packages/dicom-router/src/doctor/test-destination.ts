import { probeFolder } from '../destinations/folder-transport.ts';
import { probeWeb } from '../destinations/web/probe.ts';
import { messageOf } from '../errors.ts';
import type { Destination, FolderDestination, WebDestination } from '../routing/destination.ts';
import { findingOf } from './finding-of.ts';
import { type TestCaller, type TestOutcome, type Tried, tryEcho } from './test-call.ts';

/** Whether a destination would take images now, without sending any: C-ECHO, a request, a file that is removed again. */
export async function tryDestination(caller: TestCaller, destination: Destination, signal: AbortSignal): Promise<TestOutcome> {
  if (destination.kind === 'dicom') {
    const { callingAe = caller.aeTitle } = destination;
    return await tryEcho({ ...caller, aeTitle: callingAe }, triedOf(destination), signal);
  }
  const began = performance.now();
  const passed = () => Math.round(performance.now() - began);
  try {
    const status = await probe(caller, destination, signal);
    return { ok: true, milliseconds: passed(), ...(status === undefined ? {} : { status }), detail: '' };
  } catch (error) {
    return { ok: false, milliseconds: passed(), detail: messageOf(error), finding: findingOf(error) };
  }
}

async function probe(
  caller: TestCaller,
  destination: WebDestination | FolderDestination,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (destination.kind !== 'folder') {
    return await probeWeb(caller, destination, signal);
  }
  await probeFolder(destination);
  return undefined;
}

/** Whom the words of a diagnosis are about. */
export function triedOf(destination: Destination): Tried {
  switch (destination.kind) {
    case 'dicom':
      return { title: destination.aeTitle, host: destination.host, port: destination.port, tls: destination.tls };
    case 'folder':
      return { title: '', host: destination.path };
    case 'dicomweb':
    case 'filmless': {
      const { hostname, port, protocol } = new URL(destination.url);
      return { title: '', host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
    }
  }
}
