import { expect } from 'vitest';
import { Line } from './line.ts';
import { wish } from './orders.ts';
import { type Product, startProduct } from './product.ts';

const SITE = 'facilities: [{ id: lapvo, name: Phòng khám Lấp Vò, patientIdIssuer: LAPVO }]\n';
const CENTRE =
  'facilities: [{ id: main, name: Sa Đéc, patientIdIssuer: SADEC }, { id: lapvo, name: Lấp Vò, patientIdIssuer: LAPVO }]\n';

/** A hospital, and a clinic whose gateway dials out to it over a line that can be cut. */
export class Site implements AsyncDisposable {
  readonly centre: Product;
  readonly line: Line;
  readonly #token: string;
  readonly #aes: string;
  #gateway: Product | undefined;

  private constructor(centre: Product, line: Line, token: string, aes: string) {
    this.centre = centre;
    this.line = line;
    this.#token = token;
    this.#aes = aes;
  }

  /** `aes` of the clinic, as its `filmless.yaml` has them. */
  static async open(aes: string): Promise<Site> {
    const centre = await startProduct({ config: CENTRE });
    const wanted = { name: 'lapvo', rights: ['view', 'upload', 'relay'], facilities: ['lapvo'] };
    const made = await centre.fetch('/api/tokens', json(wanted));
    expect(made.status, await made.clone().text()).toBe(201);
    const { token } = (await made.json()) as { readonly token: string };
    const line = await Line.to(Number(new URL(centre.url).port));
    const site = new Site(centre, line, token, aes);
    await site.startGateway();
    return site;
  }

  get gateway(): Product {
    if (this.#gateway === undefined) {
      throw new Error('the gateway is not started');
    }
    return this.#gateway;
  }

  /** In a data directory of its own; one that runs is ended first. */
  async startGateway(...more: readonly string[]): Promise<Product> {
    await this.#gateway?.[Symbol.asyncDispose]();
    this.#gateway = await startProduct({
      config: `${SITE}${this.#aes}`,
      args: ['--role', 'router', '--archive', `http://127.0.0.1:${this.line.port}`, ...more],
      environment: { FILMLESS_ARCHIVE_TOKEN: this.#token },
    });
    return this.#gateway;
  }

  /** Makes an order at the centre, for the clinic unless told. */
  async order(accession: string, more: object = {}): Promise<{ readonly studyInstanceUid: string }> {
    const made = await this.centre.fetch('/api/orders', json(wish(accession, 'Nguyễn^Văn An', { facility: 'lapvo', ...more })));
    expect(made.status, await made.clone().text()).toBe(201);
    return (await made.json()) as { studyInstanceUid: string };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gateway?.[Symbol.asyncDispose]();
    await this.line[Symbol.asyncDispose]();
    await this.centre[Symbol.asyncDispose]();
  }
}

export function json(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
