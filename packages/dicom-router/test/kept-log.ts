import type { Log } from '@filmless/access';

/** A log that keeps its lines. */
export class KeptLog implements Log {
  readonly lines: string[] = [];

  info(fields: object, event: string): void {
    this.lines.push(`${event} ${JSON.stringify(fields)}`);
  }

  warn(fields: object, event: string): void {
    this.info(fields, event);
  }

  error(fields: object, event: string): void {
    this.info(fields, event);
  }
}
