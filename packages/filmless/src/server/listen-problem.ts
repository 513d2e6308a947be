import { ConfigError } from '../config/config-error.ts';

/** The option that sets a listener's port. */
type PortOption = '--http-port' | '--dicom-port' | '--dicom-tls-port';

/** What an operator can do about a listener that could not be opened; other errors as they are. */
export function listenProblem(error: unknown, host: string, port: number, option: PortOption): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `Port ${port} on ${host} is in use. Stop the other program, or choose another port with ${option} (0 takes a free one).`,
      );
    case 'EACCES':
      return new ConfigError(`Port ${port} needs more rights. Choose one from 1024 with ${option}, or allow Node to bind it.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError(`${host} is not an address of this machine. Give another with --host.`);
    default:
      return error;
  }
}

/** The same of the router, which listens on one port or on two. */
export function dicomListenProblem(error: unknown, host: string, port: number, tlsPort: number | undefined): unknown {
  const failed = error instanceof Error && 'port' in error ? error.port : port;
  return tlsPort !== undefined && failed === tlsPort
    ? listenProblem(error, host, tlsPort, '--dicom-tls-port')
    : listenProblem(error, host, port, '--dicom-port');
}
