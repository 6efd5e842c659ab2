import { createReadStream } from 'node:fs';
import { type FileRecord, FileFormatError } from '../user-file.js';
import { MAX_LINE_BYTES } from '../lines.js';

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const [NEWLINE, LAST_BLANK] = [0x0a, 0x20];
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** Bytes of a member's name that are compared with `list`. */
const MAX_NAME_BYTES = 64;

/** Where the accounts of a document are. */
export interface ListPlace {
  /** The member of an object that lists them; undefined if they are the values of the document, or the items of its list. */
  list: string | undefined;
  /** What it means that there are several lists, if that is a mistake. */
  severalLists: string | undefined;
}

/**
 * The accounts in a JSON document of any size: the items of a list, the items of the member `list` of an object (or of several objects, one
 * after another), or objects one after another. Only one account is in memory at a time, and at most `MAX_LINE_BYTES` of it; a larger one,
 * or one that is not JSON, is a record without a value. Records are numbered by their order, for a whole document can be one line.
 *
 * @throws FileFormatError if the document breaks off or its brackets do not match, for nothing behind that place can be trusted
 */
export async function* readJsonValues(path: string, place: ListPlace): AsyncGenerator<FileRecord, void> {
  const splitter = new JsonSplitter(place);
  let isFirst = true;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const hasMark = isFirst && chunk.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    isFirst = false;
    yield* splitter.take(chunk, hasMark ? BYTE_ORDER_MARK.length : 0);
  }
  splitter.end();
}

/** Cuts records out of the bytes of a document. It looks at brackets and strings only; `JSON.parse` reads the records. */
class JsonSplitter {
  private line = 1;
  private bytes = 0;
  /** The open brackets. */
  private readonly open: number[] = [];
  private inString = false;
  private isEscaped = false;
  /** Depth of the records: outside a list 0 or, in a list, 1; inside the member `list` two more. */
  private level = 0;
  /** The record that is being read; null between records. */
  private record: { parts: Buffer[]; bytes: number; hasList: boolean } | null = null;
  private records = 0;
  /** The last string one level inside a record, which is the name of a member if a colon follows. */
  private name: number[] | null = null;
  private member = '';
  private lists = 0;

  constructor(private readonly place: ListPlace) {}

  *take(chunk: Buffer, start: number): Generator<FileRecord, void> {
    let from = start;
    for (let index = start; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0;
      if (byte === NEWLINE) this.line += 1;
      if (this.inString) {
        this.readString(byte);
        continue;
      }
      if (byte <= LAST_BLANK) continue;
      if (this.record === null) {
        from = index;
        this.between(byte);
        continue;
      }
      const { record } = this;
      const isEnd = this.inside(byte);
      if (this.record === null) {
        // The record turned out to be the object around the list.
        continue;
      }
      if (!isEnd) continue;
      keep(record, chunk.subarray(from, index + 1));
      this.record = null;
      if (!record.hasList) yield this.toRecord(record, this.bytes + index + 1);
    }
    if (this.record !== null) keep(this.record, chunk.subarray(from));
    this.bytes += chunk.length;
  }

  end(): void {
    if (this.open.length > 0 || this.inString) throw this.fault('the file ends in the middle');
  }

  private readString(byte: number): void {
    if (byte === NEWLINE) throw this.fault('a text is not closed');
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === BACKSLASH) this.isEscaped = true;
    else if (byte === QUOTE) this.inString = false;
    if (this.inString && this.name !== null && this.name.length < MAX_NAME_BYTES) this.name.push(byte);
  }

  /** Outside any record. */
  private between(byte: number): void {
    if (byte === COMMA) return;
    if (byte === OPEN_LIST && this.open.length === 0) {
      this.open.push(byte);
      this.level = 1;
    } else if (byte === OPEN_OBJECT) {
      this.record = { parts: [], bytes: 0, hasList: false };
      this.open.push(byte);
      this.member = '';
    } else if (byte === CLOSE_LIST && this.open.at(-1) === OPEN_LIST) {
      this.closeList();
    } else throw this.fault('an account should begin here, as {');
  }

  /** After the last account of a list. */
  private closeList(): void {
    this.open.pop();
    this.level = Math.max(0, this.level - 2);
    // Back in the object around the list, whose other members mean nothing.
    if (this.open.length > this.level) this.record = { parts: [], bytes: 0, hasList: true };
    else this.level = 0;
  }

  /** Inside a record. @returns whether it ends here */
  private inside(byte: number): boolean {
    const isMember = this.open.length === this.level + 1;
    if (byte === QUOTE) {
      this.inString = true;
      this.name = isMember && this.place.list !== undefined ? [] : null;
    } else if (byte === COLON) {
      if (isMember && this.name !== null) this.member = Buffer.from(this.name).toString();
    } else if (byte === COMMA) {
      if (isMember) this.member = '';
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      this.open.push(byte);
      if (isMember && byte === OPEN_LIST && this.place.list !== undefined && this.member === this.place.list) this.enterList();
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (this.open.pop() !== (byte === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_LIST)) throw this.fault('a bracket does not match');
      return this.open.length === this.level;
    }
    return false;
  }

  private enterList(): void {
    if ((this.lists += 1) > 1 && this.place.severalLists !== undefined) throw new FileFormatError(this.place.severalLists);
    this.level += 2;
    this.record = null;
    this.name = null;
  }

  private toRecord({ parts, bytes }: { parts: Buffer[]; bytes: number }, bytesRead: number): FileRecord {
    this.records += 1;
    return { line: this.records, value: bytes > MAX_LINE_BYTES ? undefined : parse(Buffer.concat(parts)), bytesRead };
  }

  private fault(what: string): FileFormatError {
    return new FileFormatError(`Line ${this.line} is not JSON as it should be: ${what}.`);
  }
}

function keep(record: { parts: Buffer[]; bytes: number; hasList: boolean }, part: Buffer): void {
  record.bytes += part.length;
  if (!record.hasList && record.bytes <= MAX_LINE_BYTES) record.parts.push(part);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(DECODER.decode(bytes));
  } catch {
    return undefined;
  }
}
