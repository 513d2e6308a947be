import { acquaintance } from './aes/sender.ts';
import type { AssociationJournal, EndedAssociation } from './association-journal.ts';
import { COMMAND } from './dimse/command-field.ts';
import { type Answer, serveAssociation } from './dimse/provider.ts';
import { STATUS, statusClass } from './dimse/status.ts';
import { AssociationFindings, elsewhereOf, type Loggable } from './doctor/association-findings.ts';
import { messageOf } from './errors.ts';
import { createServices, type ServicesContext } from './services.ts';
import type { StoreAudit } from './store-audit.ts';
import type { Association } from './ul/association.ts';
import { Seldom } from './ul/seldom.ts';

export interface ServeOptions extends ServicesContext {
  readonly journal: AssociationJournal;
  readonly audit: StoreAudit;
}

/** How often is said that an entity calls from another address than it is listed with. */
const ELSEWHERE_MS = 3_600_000;
const REMEMBERED = 1_000;

/** Serves associations that were accepted, and notes each in the journal when it is over. */
export function createServe(options: ServeOptions): (association: Association, stop: AbortSignal) => Promise<void> {
  const { receiving, journal, audit, limits, log } = options;
  const elsewhere = new Seldom(ELSEWHERE_MS, REMEMBERED, () => performance.now());
  return async (association, stop) => {
    const { id, peer } = association;
    const { callingAe, calledAe, address } = peer;
    /** What every line about it names. */
    const who = { association: id, callingAe, address };
    const rights = receiving.aes.rights(callingAe);
    if (acquaintance(rights, address) === 'elsewhere' && elsewhere.due(`${callingAe} ${address}`)) {
      log.warn({ ...who, expected: rights.host }, 'association.from-elsewhere');
    }
    const began = performance.now();
    const lines = audit.begin(association);
    const services = createServices({ ...options, receiving: { ...receiving, deposit: lines.watch(receiving.deposit) } });
    const counts = { stored: 0, failed: 0 };
    const findings = new AssociationFindings(association, elsewhereOf(rights, address));
    let ended: Pick<EndedAssociation, 'outcome' | 'detail'> = { outcome: 'released', detail: '' };
    journal.began(peer);
    try {
      await serveAssociation(association, {
        services,
        limits,
        stop,
        answered: (commandField, answer) => {
          const kind = statusClass(STATUS[answer.status]);
          if (kind === 'warning') {
            log.warn({ ...who, ...loggable(answer) }, 'dimse.warned');
          }
          if (kind === 'failure') {
            counts.failed += 1;
            const told = loggable(answer);
            findings.refused(commandField, answer, told);
            log.warn({ ...who, ...told }, 'dimse.refused');
          } else if (commandField === COMMAND.cStoreRq) {
            counts.stored += 1;
          }
        },
        failed: (error) => log.warn({ ...who, problem: messageOf(error) }, 'dimse.afterwards-failed'),
      });
    } catch (error) {
      association.abort();
      ended = { outcome: 'aborted', detail: messageOf(error) };
      if (!stop.aborted) {
        findings.broke(error);
      }
      log.warn({ ...who, problem: ended.detail }, 'association.aborted');
    }
    journal.add({
      id,
      direction: 'in',
      callingAe,
      calledAe,
      address,
      secure: peer.secure,
      milliseconds: performance.now() - began,
      findings: findings.list,
      ...ended,
      ...counts,
    });
    await lines.end();
  };
}

/** An answer as the log may have it: what stands in quotation marks is a value of the object, which may name a patient. */
function loggable({ status, comment, problem }: Answer): Loggable {
  const plain = (text: string) => text.replace(/"(?:[^"\\]|\\.)*"/g, '"…"');
  return {
    status,
    ...(comment === undefined ? {} : { comment: plain(comment) }),
    ...(problem === undefined ? {} : { problem: plain(problem) }),
  };
}
