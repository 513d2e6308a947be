#!/usr/bin/env node
import { enlargeThreadPool, keepCompiledCode } from './config/environment.ts';

// NOTE: before anything else is loaded, since the first asynchronous file access fixes the number of threads.
enlargeThreadPool();
keepCompiledCode();
const { main } = await import('./commands/command.ts');
process.exitCode = await main(process.argv.slice(2));
