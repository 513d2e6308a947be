import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Place, runPython, stopChild } from './processes.ts';

/** Whom to ask. */
export interface QueryTarget {
  readonly dicomPort: number;
  readonly aeTitle: string;
}

export interface Question {
  readonly kind: 'find' | 'get' | 'move' | 'idle';
  readonly model: string;
  readonly storage: string;
  readonly destination?: string;
  readonly associations: number;
  /** Hexadecimal. */
  readonly identifiers: readonly string[];
}

export interface Answered {
  /** From the first question to the last answer, of all associations. */
  readonly seconds: number;
  readonly answers: readonly { readonly results: number; readonly failed: number; readonly seconds: number }[];
}

export const CALLING = 'BENCH';
const TIMEOUT_S = 300;

async function writeJob(target: QueryTarget, question: Question, place: Place): Promise<string> {
  const job = join(place.folder, `query-${question.kind}.json`);
  const whom = { host: '127.0.0.1', port: target.dicomPort, called: target.aeTitle, calling: CALLING, timeout: TIMEOUT_S };
  await writeFile(job, JSON.stringify({ ...whom, destination: '', ...question }));
  return job;
}

/** Asks, and gives what came; every association asks all questions. */
export async function query(target: QueryTarget, question: Question, place: Place): Promise<Answered> {
  const text = await runPython('query.py', [await writeJob(target, question, place)], 2 * TIMEOUT_S * 1000, place.signal);
  const value: unknown = JSON.parse(text);
  return value as Answered;
}

/** Opens associations that do nothing, until disposed. */
export async function idle(target: QueryTarget, question: Question, place: Place): Promise<AsyncDisposable> {
  const job = await writeJob(target, question, place);
  const program = process.env.FILMLESS_PYTHON ?? 'python3';
  const child = spawn(program, ['-u', join(import.meta.dirname, 'python', 'query.py'), job], {
    stdio: ['pipe', 'pipe', 'inherit'],
    signal: place.signal,
  });
  await ready(child);
  return {
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await stopChild(child);
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the associations were not opened')));
    child.stdout?.once('data', () => resolve());
  });
}
