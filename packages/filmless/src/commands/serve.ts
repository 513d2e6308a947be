import type { Log } from '@filmless/access';
import { type LoadInput, loadConfig } from '../config/load.ts';
import type { Config } from '../config/model.ts';
import { SERVER_LIMITS } from '../limits.ts';
import { createLog } from '../logger.ts';
import { RequestScope } from '../request-scope.ts';
import { createFilmless, type Filmless } from '../server/create-filmless.ts';
import { type EndSignals, endRequested } from '../shutdown.ts';
import { backUpBeside, DailyBackup } from './daily-backup.ts';
import { warn } from './warnings.ts';

/** `filmless serve`: runs until it is told to end. @throws ConfigError */
export async function serve(input: LoadInput, print: (line: string) => void): Promise<void> {
  const config = loadConfig(input);
  const scope = new RequestScope();
  const log = createLog({ level: config.logLevel, scope });
  process.on('uncaughtExceptionMonitor', (error) => log.error({ error: error.stack ?? String(error) }, 'crashed'));
  warn(config, input.environment, log);
  const ended = endRequested({ signals: processSignals(), log, patience: SERVER_LIMITS.stop });
  await using backups = dailyBackup(config, input, log);
  const sources = backups === undefined ? [] : [{ name: 'daily backup', warnings: () => backups.warnings() }];
  await using filmless = await createFilmless({ config, log, scope, sources });
  announce(filmless, config, print);
  backups?.start();
  if (config.demo) {
    const { sendDemoStudies } = await import('../demo.ts');
    const stop = new AbortController();
    const sent = sendDemoStudies(filmless, config, log, stop.signal);
    await Promise.race([sent, ended]);
    stop.abort();
    await sent;
  }
  await ended;
}

function dailyBackup({ backupDir, backupKeep }: Config, input: LoadInput, log: Log): DailyBackup | undefined {
  return backupDir === undefined
    ? undefined
    : new DailyBackup({
        folder: backupDir,
        keep: backupKeep,
        backUp: backUpBeside(backupDir, input.arguments),
        now: Date.now,
        log,
      });
}

function announce(filmless: Filmless, { insecureHttp }: Config, print: (line: string) => void): void {
  const dicom = filmless.dicomAddress === undefined ? '' : ` dicom=${filmless.dicomAddress}`;
  const secure = filmless.dicomTlsAddress === undefined ? '' : ` dicom-tls=${filmless.dicomTlsAddress}`;
  print(`filmless ready http=${filmless.httpUrl}${dicom}${secure}`);
  if (filmless.setupLink !== undefined) {
    const proxy = insecureHttp ? ' (or the same path at your reverse proxy)' : '';
    print(`Set the administrator's password here, once${proxy}: ${filmless.setupLink}`);
  }
}

function processSignals(): EndSignals {
  return {
    on: (event, listener) => {
      process.on(event, listener);
      // Listening for the parent must not itself keep the process alive.
      process.channel?.unref();
    },
    exit: (code) => process.exit(code),
    hasChannel: process.channel !== undefined && process.channel !== null,
  };
}
