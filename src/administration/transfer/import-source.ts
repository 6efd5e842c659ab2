import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Note } from './import-notes.js';
import { Move, type MoveContext } from './peers/move.js';
import type { Peer } from './peers/peer.js';
import { inspectPeerFile, readPeerFile } from './peers/peer-file.js';
import { PEERS } from './peers/peers.js';
import { SecondFileIndex } from './peers/second-file.js';
import { type FileForm, type FileRecord, readRecords } from './user-file.js';
import type { PeerForm } from './user-import.js';

/** A record of a file, in the form of an import. */
export interface Converted {
  /** The record; undefined if it could not be read. */
  value: unknown;
  /** What the conversion changed or left out. */
  notes: readonly Note[];
  /** Why the record is no account of a person; null if it is one. */
  leftOutAs: string | null;
}

/** A file of accounts, whoever wrote it. */
export interface ImportSource {
  /**
   * Whether values that are not valid here are left out with a note. A file in our own form is what somebody wrote for this import: it is
   * corrected instead.
   */
  isLenient: boolean;
  /** What `FileRecord.line` counts. */
  unit: 'line' | 'record';
  /**
   * Reads the file to its end, if a fault anywhere makes all of it unusable: then nothing of it should be stored.
   * @throws FileFormatError
   */
  check(): Promise<void>;
  /** @throws FileFormatError */
  records(): AsyncGenerator<FileRecord, void>;
  convert(value: unknown): Converted;
  /** What the source is made of, as one digest: an import that was interrupted goes on only with the same. */
  digest(): Promise<string>;
  close(): void;
}

/** @throws FileFormatError; errors of the file system */
export async function openSource(path: string, form: FileForm | PeerForm): Promise<ImportSource> {
  return 'from' in form ? openPeerSource(path, form) : openOwnSource(path, form);
}

/** SHA-256 of a file, hexadecimal. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

function openOwnSource(path: string, form: FileForm): ImportSource {
  return {
    isLenient: false,
    unit: 'line',
    check: () => Promise.resolve(),
    records: () => readRecords(path, form),
    convert: (value) => ({ value, notes: [], leftOutAs: null }),
    digest: () => digestOf(path),
    close: () => undefined,
  };
}

async function openPeerSource(path: string, { from, options, keep }: PeerForm): Promise<ImportSource> {
  const peer: Peer = PEERS[from];
  const beginning = await inspectPeerFile(path, peer);
  const indexes = new Map<string, SecondFileIndex>();
  const seconds = (peer.seconds ?? []).filter(({ option }) => options[option] !== undefined);
  for (const second of seconds) indexes.set(second.option, await SecondFileIndex.of(options[second.option] ?? '', second));
  const context: MoveContext = { from, keep: new Set(keep), options, second: (key, option) => indexes.get(option)?.find(key) ?? null };
  return {
    isLenient: true,
    unit: beginning.format === 'json' ? 'record' : 'line',
    check: async () => {
      if (beginning.format === 'json') for await (const _ of readPeerFile(path, peer, beginning));
    },
    records: () => readPeerFile(path, peer, beginning),
    convert: (value) => convert(value, peer, context),
    digest: async () => {
      const parts = [from, await digestOf(path)];
      for (const { option } of peer.seconds ?? []) parts.push(options[option] === undefined ? '' : await digestOf(options[option]));
      return createHash('sha256').update(parts.join(' ')).digest('hex');
    },
    close: () => indexes.forEach((index) => index.close()),
  };
}

function convert(value: unknown, peer: Peer, context: MoveContext): Converted {
  if (value === undefined) return { value, notes: [], leftOutAs: null };
  const move = new Move(value as Record<string, unknown>, context);
  peer.read(move);
  if (move.leftOutAs !== null) return { value: undefined, notes: [], leftOutAs: move.leftOutAs };
  move.finish();
  return { value: move.fields, notes: move.notes, leftOutAs: null };
}
