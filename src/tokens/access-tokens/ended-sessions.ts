/** One ended session. */
export interface Revocation {
  sessionId: string;
  /** Milliseconds since 1970, by the database's clock. */
  revokedAtMs: number;
}

/** Entries of a block: few enough to rehash or read it in a few milliseconds, and many enough that a million need only 16 look-ups. */
const BLOCK_ENTRIES = 65_536;

/** Entries for which a block is made; it grows by doubling, so that a small installation needs no memory. */
const FIRST_ENTRIES = 256;

/** How many blocks a window has at least when it is full of entries: old entries stay for this part of a window longer at most. */
const BLOCKS_PER_WINDOW = 8;

/** An id has this many words of 32 bits. */
const WORDS = 4;

const DASH = 45;
const NO_DIGIT = 255;
const LOW = 0xffff;
/** Value of each hexadecimal digit by its character code. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return digit < 0 ? NO_DIGIT : digit;
});
/** 16 bits as hexadecimal digits. */
const HEX = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, '0'));

/** The id that was read last. */
const read = new Uint32Array(WORDS);

/** Some entries of a block, in the order in which they were added. */
export interface Run {
  block: Block;
  /** Number of its first entry, and of the one behind its last. */
  start: number;
  end: number;
}

/** Ended sessions of one part of the window: a hash table with open addressing, in typed arrays, which the garbage collector never reads. */
export class Block {
  next: Block | undefined;
  size = 0;
  /** Time of the youngest entry, ms since 1970. */
  youngestMs = Number.NEGATIVE_INFINITY;
  private ids = new Uint32Array(FIRST_ENTRIES * WORDS);
  private times = new Float64Array(FIRST_ENTRIES);
  /** For each place of the table the number of its entry, from 1 on; 0 for a free place. At most half of them are taken. */
  private places = new Uint32Array(FIRST_ENTRIES * 2);

  /** @param openedMs time of its first entry, ms since 1970 */
  constructor(readonly openedMs: number) {}

  has(words: Uint32Array): boolean {
    return this.places[this.placeOf(words)] !== 0;
  }

  add(words: Uint32Array, revokedAtMs: number): void {
    if (this.size === this.times.length) this.grow();
    this.ids.set(words, this.size * WORDS);
    this.times[this.size] = revokedAtMs;
    this.size += 1;
    this.places[this.placeOf(words)] = this.size;
    this.youngestMs = Math.max(this.youngestMs, revokedAtMs);
  }

  /** When the entry of this number ended, ms since 1970. */
  timeOf(entry: number): number {
    return this.times[entry] ?? 0;
  }

  /** The session of the entry of this number. */
  idOf(entry: number): string {
    const { ids } = this;
    const first = entry * WORDS;
    const [a = 0, b = 0, c = 0, d = 0] = [ids[first], ids[first + 1], ids[first + 2], ids[first + 3]];
    return `${HEX[a >>> 16]}${HEX[a & LOW]}-${HEX[b >>> 16]}-${HEX[b & LOW]}-${HEX[c >>> 16]}-${HEX[c & LOW]}${HEX[d >>> 16]}${HEX[d & LOW]}`;
  }

  /** The place of an id, the words from `at` on, or the free one where it would be. */
  private placeOf(words: Uint32Array, at = 0): number {
    const { ids, places } = this;
    const mask = places.length - 1;
    const [a = 0, b = 0, c = 0, d = 0] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
    // Random bits in every version of UUID that is made here.
    for (let place = (c ^ d) & mask; ; place = (place + 1) & mask) {
      const entry = places[place] ?? 0;
      const first = (entry - 1) * WORDS;
      if (entry === 0 || (ids[first + 3] === d && ids[first + 2] === c && ids[first + 1] === b && ids[first] === a)) return place;
    }
  }

  private grow(): void {
    const { ids, times } = this;
    this.ids = new Uint32Array(ids.length * 2);
    this.ids.set(ids);
    this.times = new Float64Array(times.length * 2);
    this.times.set(times);
    this.places = new Uint32Array(times.length * 4);
    for (let entry = 0; entry < this.size; entry += 1) this.places[this.placeOf(ids, entry * WORDS)] = entry + 1;
  }
}

/**
 * The ended sessions of a window of time, about 40 bytes each. Nothing here takes longer with more of them: they are in blocks, the oldest
 * first, a block is left when it is full or has lasted for an eighth of the window, and forgotten when its youngest entry has left the window.
 */
export class EndedSessions {
  private first: Block | undefined;
  /** Stays when it is forgotten, so that an iteration that stands there finds its successor. */
  private last: Block | undefined;

  constructor(private readonly windowMs: number) {}

  /** Whether the session has ended; false for anything but a UUID. */
  has(sessionId: string): boolean {
    const words = wordsOf(sessionId);
    return words !== undefined && this.hasWords(words);
  }

  /** @returns whether the session was new; anything but a UUID is ignored */
  add(sessionId: string, revokedAtMs: number): boolean {
    const words = wordsOf(sessionId);
    if (words === undefined || this.hasWords(words)) return false;
    this.blockFor(revokedAtMs).add(words, revokedAtMs);
    return true;
  }

  /** Forgets sessions that ended before this time, block by block. */
  forgetBefore(ms: number): void {
    while (this.first !== undefined && this.first.youngestMs <= ms) this.first = this.first.next;
  }

  /**
   * All entries, roughly the oldest first, in runs of at most `count`; includes those that are added while the caller works on a run. A
   * run of `count` entries is the same object's `start` to `end` for every caller.
   */
  *runs(count: number): Generator<Run, void> {
    for (let block = this.first; block !== undefined; block = block.next) {
      for (let start = 0, end = 0; start < block.size; start = end) {
        end = Math.min((Math.floor(start / count) + 1) * count, block.size);
        yield { block, start, end };
      }
    }
  }

  private hasWords(words: Uint32Array): boolean {
    for (let block = this.first; block !== undefined; block = block.next) if (block.has(words)) return true;
    return false;
  }

  private blockFor(revokedAtMs: number): Block {
    const { last } = this;
    const isOpen = this.first !== undefined && last !== undefined && last.size < BLOCK_ENTRIES;
    if (isOpen && revokedAtMs < last.openedMs + this.windowMs / BLOCKS_PER_WINDOW) return last;
    const block = new Block(revokedAtMs);
    if (last !== undefined) last.next = block;
    this.first ??= block;
    this.last = block;
    return block;
  }
}

/**
 * A UUID as words of 32 bits, valid until the next call; undefined for anything else. Every request reads one, so this makes no objects.
 */
function wordsOf(id: string): Uint32Array | undefined {
  if (id.length !== 36) return undefined;
  let digits = 0;
  for (let at = 0; at < 36; at += 1) {
    const code = id.charCodeAt(at);
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (code !== DASH) return undefined;
      continue;
    }
    const digit = DIGITS[code] ?? NO_DIGIT;
    if (digit === NO_DIGIT) return undefined;
    read[digits >> 3] = ((read[digits >> 3] ?? 0) << 4) | digit;
    digits += 1;
  }
  return read;
}
