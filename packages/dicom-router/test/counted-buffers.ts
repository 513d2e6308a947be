import { SendBuffers } from '@filmless/dicom';

/** Small buffers, so that instances go through several; counts those in use. */
export class CountedBuffers extends SendBuffers {
  out = 0;

  constructor() {
    super({ buffer: 8192, buffersOut: 4, buffersKept: 2, smallBuffer: 4096 });
  }

  override take(): ArrayBuffer {
    this.out += 1;
    return super.take();
  }

  override give(buffer: ArrayBuffer): void {
    this.out -= 1;
    super.give(buffer);
  }

  override lose(byteLength: number): void {
    this.out -= 1;
    super.lose(byteLength);
  }
}
