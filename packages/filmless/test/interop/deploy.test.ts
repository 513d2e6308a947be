// needs: python, systemd
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';

const DEPLOY = join(ROOT, 'deploy');

const READ_COMPOSE = `
import sys
from compose_spec import PyCompose
compose = PyCompose.from_yaml(open(sys.argv[1]).read())
compose.validate()
compose.validate_networks()
compose.validate_volumes()
print(sorted(compose.service_names()))
`;

it('the unit is one that systemd takes, and gives the service little', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-unit-'));
  try {
    const unit = join(folder, 'filmless.service');
    const text = await readFile(join(DEPLOY, 'filmless.service'), 'utf8');
    // The program need not be installed here.
    await writeFile(unit, text.replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true').replace(/^WorkingDirectory=.*$/m, ''));
    const verified = await run('systemd-analyze', ['verify', '--man=no', unit]);
    expect({ code: verified.code, said: verified.stderr }).toEqual({ code: 0, said: '' });
    const security = await run('systemd-analyze', ['security', '--offline=true', '--threshold=25', '--no-pager', unit]);
    expect(security.code, security.stdout).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('the compose file is one that the specification knows', async () => {
  const read = await run(PYTHON, ['-c', READ_COMPOSE, join(DEPLOY, 'compose.yaml')]);
  expect(read.stdout.trim(), read.stderr).toBe("['filmless', 'minio']");
});
