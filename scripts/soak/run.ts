/** `npm run soak`: the long forms of the fault and hostile tests, beside a server at steady work. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { findPeers } from '../test/peers.ts';
import { parseOptions, type SoakOptions, USAGE } from './options.ts';
import { ROUNDS, type Round, STEADY } from './rounds.ts';

const ROOT = join(import.meta.dirname, '..', '..');

interface Result {
  readonly name: string;
  readonly seed: string;
  readonly passed: boolean;
  readonly minutes: number;
}

/** Test runs under way. Each ends its own servers when it is told to end. */
const running = new Set<ChildProcess>();
const stop = new AbortController();

const say = (text: string): void => console.log(`soak: ${text}`);

/** The lines in which a test says what it measured: one JSON object each. */
const figures = (output: string): readonly string[] => output.split('\n').filter((line) => /^\{".*\}$/.test(line.trim()));

function runRound(round: Round, seed: string, environment: NodeJS.ProcessEnv): Promise<Result> {
  const began = performance.now();
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--project', round.project, ...round.files], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, ...round.environment(seed), FILMLESS_LONG: '1', NO_COLOR: '1' },
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((done, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      const result = { name: round.name, seed, passed: code === 0, minutes: (performance.now() - began) / 60_000 };
      for (const line of figures(output)) {
        say(`${round.name}: ${line.trim()}`);
      }
      say(`${round.name}, seed ${seed}: ${result.passed ? 'passed' : 'FAILED'} in ${result.minutes.toFixed(1)} min`);
      if (!result.passed) {
        console.log(output);
        const variables = Object.entries({ ...round.environment(seed), FILMLESS_LONG: '1' }).map((pair) => pair.join('='));
        say(`to repeat it: ${variables.join(' ')} vitest run --project ${round.project} ${round.files.join(' ')}`);
      }
      done(result);
    });
  });
}

async function soak({ minutes, seed }: SoakOptions, environment: NodeJS.ProcessEnv): Promise<readonly Result[]> {
  const began = performance.now();
  const results: Result[] = [];
  const steady = runRound(STEADY(minutes), seed, environment);
  for (let number = 0; performance.now() - began < minutes * 60_000 && !stop.signal.aborted; number += 1) {
    const round = ROUNDS[number % ROUNDS.length];
    if (round !== undefined) {
      results.push(await runRound(round, `${seed}-${number + 1}`, environment));
    }
  }
  return [await steady, ...results];
}

async function main(): Promise<number> {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      say(`stopped by ${name}`);
      stop.abort();
      for (const child of running) {
        child.kill(name);
      }
    });
  }
  try {
    const options = parseOptions(process.argv.slice(2), () => new Date());
    if (options === undefined) {
      console.log(USAGE);
      return 0;
    }
    const peers = findPeers(ROOT);
    if (peers.missing.size > 0) {
      say(`these peers are missing, and with them their rounds fail: ${[...peers.missing].join(', ')}`);
    }
    say(`${options.minutes} minutes, seed ${options.seed}`);
    const results = await soak(options, { ...process.env, ...peers.environment });
    const failed = results.filter(({ passed }) => !passed);
    const spent = results.reduce((sum, result) => sum + result.minutes, 0);
    say(`${results.length - failed.length} rounds passed, ${failed.length} failed; ${spent.toFixed(1)} minutes of tests`);
    return failed.length === 0 ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

process.exitCode = await main();
