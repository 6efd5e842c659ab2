/** Bits for each entry, and how many of them an entry sets: one in 100,000 other texts is taken for an entry. */
const BITS_PER_ENTRY = 24;
const PROBES = 16;

/** Bytes at the start of a file: the number of bits, big-endian. */
const HEADER_BYTES = 8;

/**
 * A set of SHA-1 digests in three bytes an entry. It never misses an entry. Something else is taken for one with a chance of
 * (1 − e^(−16/24))^16 = 1 in 101,000 when it is as full as it was made for (Bloom 1970).
 */
export class BloomFilter {
  private constructor(
    private readonly bits: number,
    private readonly bytes: Uint8Array,
  ) {}

  /** An empty filter that holds so many entries. */
  static for(entries: number): BloomFilter {
    const bits = Math.max(64, Math.ceil(entries) * BITS_PER_ENTRY);
    return new BloomFilter(bits, new Uint8Array(Math.ceil(bits / 8)));
  }

  /** A filter as `toFile` wrote it. */
  static fromFile(file: Buffer): BloomFilter {
    const bits = Number(file.readBigUInt64BE());
    const bytes = file.subarray(HEADER_BYTES);
    if (bytes.length !== Math.ceil(bits / 8)) throw new Error('The filter of breached passwords is damaged.');
    return new BloomFilter(bits, bytes);
  }

  /** Memory of a filter for so many entries, bytes. */
  static bytesFor(entries: number): number {
    return (entries * BITS_PER_ENTRY) / 8;
  }

  get byteLength(): number {
    return this.bytes.length;
  }

  add(digest: Buffer): void {
    for (let probe = 0; probe < PROBES; probe += 1) {
      const [byte, mask] = this.placeOf(digest, probe);
      this.bytes[byte] = Number(this.bytes[byte]) | mask;
    }
  }

  has(digest: Buffer): boolean {
    for (let probe = 0; probe < PROBES; probe += 1) {
      const [byte, mask] = this.placeOf(digest, probe);
      if ((Number(this.bytes[byte]) & mask) === 0) return false;
    }
    return true;
  }

  toFile(): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeBigUInt64BE(BigInt(this.bits));
    return Buffer.concat([header, this.bytes]);
  }

  /**
   * A digest is uniform already: two parts of it, of 48 bits, make all probes (Kirsch and Mitzenmacher 2006), and their sums stay exact as
   * numbers.
   */
  private placeOf(digest: Buffer, probe: number): [byte: number, mask: number] {
    const bit = (digest.readUIntBE(0, 6) + probe * digest.readUIntBE(6, 6)) % this.bits;
    return [Math.floor(bit / 8), 1 << (bit % 8)];
  }
}
