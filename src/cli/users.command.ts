import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { CommandLineModule } from '../administration/command-line.module.js';
import { FactorsKey, FactorsKeyError } from '../administration/transfer/authenticators/factors-key.js';
import { FILE_FORMATS, type FileForm, FileFormatError, formatOf } from '../administration/transfer/user-file.js';
import { FileExistsError, UserExportService } from '../administration/transfer/user-export.service.js';
import type { ImportProblem, ImportReport, ImportRequest } from '../administration/transfer/user-import.js';
import { UserImportService } from '../administration/transfer/user-import.service.js';
import { escapeControls } from '../common/text.js';
import type { Environment } from '../config/load-settings.js';
import { type NoteCount, textOf } from '../administration/transfer/import-notes.js';
import { ImportUnderWayError } from '../users/transfer/account-transfer.service.js';
import { UsageError, oneOf, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { ProgressBar } from './progress-bar.js';
import { PEER_OPTIONS, readPeerForm } from './peer-options.js';
import { withServices } from './services.js';
import { complain, print, standardOutput } from './output.js';

/** Maximum number of displayed problems; the file of `--report` contains all of them. */
const MAX_SHOWN = 20;

/** The file may contain password hashes and personal data. */
const REPORT_MODE = 0o600;

/** Failures of files, which are told in a sentence. */
const EXPECTED = [FactorsKeyError, FileFormatError, FileExistsError, ImportUnderWayError];

const OPTIONS = {
  format: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  'on-duplicate': { type: 'string', default: 'skip' },
  report: { type: 'string' },
  raw: { type: 'boolean', default: false },
  'factors-key': { type: 'string' },
  ...PEER_OPTIONS,
} as const;

/** Imports and exports accounts. */
export async function moveUsers(args: readonly string[], env: Environment): Promise<number> {
  if (args[0] === 'factors') return (await import('./factors.command.js')).resetFactors(args.slice(1), env);
  const { values, positionals } = readArguments(args, OPTIONS, { min: 2, max: 2 });
  const [verb = '', path = ''] = positionals;
  oneOf('users', verb, ['import', 'export']);
  const form = readPeerForm(verb, values) ?? readFileForm(path, values);
  const onDuplicate = oneOf('--on-duplicate', values['on-duplicate'], ['skip', 'fail']);
  const keyPath = values['factors-key'];
  if (keyPath !== undefined && 'from' in form) throw new UsageError('--factors-key is for files of latchkey users export, not for --from.');
  try {
    const factorsKey = keyPath === undefined ? null : new FactorsKey(readFileSync(keyPath, 'utf8'));
    if (verb === 'export' && !('from' in form)) return await exportUsers(path, form, factorsKey, values.json, env);
    return await importUsers({ path, form, factorsKey, dryRun: values['dry-run'], onDuplicate }, values, env);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const isExpected = EXPECTED.some((each) => error instanceof each);
    // Errors of files, not of the network.
    if (!isExpected && !(code !== undefined && /^(?:open|stat|read|write|rename|unlink)$/.test(syscall ?? ''))) throw error;
    const { message } = error as Error;
    if (values.json) print(JSON.stringify({ error: message }));
    else complain(message);
    return EXIT.failed;
  }
}

/** @throws UsageError */
function readFileForm(path: string, { format: given, raw }: { format?: string | undefined; raw: boolean }): FileForm {
  const format = given === undefined ? formatOf(path) : oneOf('--format', given, FILE_FORMATS);
  if (format === null) throw new UsageError('Name the format: --format ndjson or --format csv.');
  if (raw && format !== 'csv') throw new UsageError('--raw is for CSV only: other files are always exact.');
  return { format, raw };
}

type ImportArguments = Pick<ImportRequest, 'path' | 'form' | 'factorsKey' | 'dryRun' | 'onDuplicate'>;

async function importUsers(
  what: ImportArguments,
  { json, report: reportPath }: { json: boolean; report?: string | undefined },
  env: Environment,
): Promise<number> {
  const bar = new ProgressBar();
  const problems: ImportProblem[] = [];
  let count = 0;
  // Opened for appending, because an interrupted import continues its report.
  const file = reportPath === undefined ? null : openSync(reportPath, 'a', REPORT_MODE);
  const onProblem = (problem: ImportProblem): void => {
    // What is changed in an account that comes is shown as a count for each kind.
    if ((problem.kind === 'bad' || problem.kind === 'duplicate') && (count += 1) <= MAX_SHOWN) problems.push(problem);
    if (file !== null) writeSync(file, `${escapeControls(JSON.stringify(problem))}\n`);
  };
  const onProgress: ImportRequest['onProgress'] = ({ bytesRead, bytes, records }) => bar.show(bytesRead / bytes, records);
  try {
    const report = await withServices(env, [CommandLineModule], (services) =>
      services.get(UserImportService).run({ ...what, onProblem, onProgress }),
    );
    bar.end();
    if (json) print(JSON.stringify({ ...report, notes: report.notes.map(withText), problems, moreProblems: count - problems.length }));
    else explain(report, problems, count - problems.length);
    if (!report.finished) return EXIT.failed;
    return report.duplicates + report.bad + report.leftOut > 0 ? EXIT.partly : EXIT.done;
  } finally {
    bar.end();
    if (file !== null) closeSync(file);
  }
}

function explain(report: ImportReport, problems: readonly ImportProblem[], more: number): void {
  const { dryRun, finished, records, unit, resumedAfter, stored, duplicates, bad, leftOut, hashes, notes } = report;
  for (const { line, kind, field, detail } of problems)
    complain(escapeControls(`${unit} ${line}: ${kind}: ${field === '' ? '' : `${field}: `}${detail}`));
  if (more > 0) complain(`… and ${more} more; --report FILE keeps them all.`);
  if (resumedAfter > 0) print(`Went on after ${resumedAfter} records that an earlier run had done; they are counted here, too.`);
  const families = Object.entries(hashes).map(([family, count]) => `${family} ${count}`);
  print(`Records     ${records}`);
  print(`${dryRun ? 'Importable ' : 'Imported   '} ${stored}`);
  print(`Duplicates  ${duplicates}`);
  print(`Bad         ${bad}`);
  if (leftOut > 0) print(`Left out    ${leftOut}`);
  print(`Hashes      ${families.join(', ') || '-'}`);
  for (const note of notes) print(escapeControls(`${String(note.count).padStart(9)}  ${textOf(note)}   (${toPlaces(note, unit)})`));
  if (dryRun) print('Nothing was changed.');
  if (!finished && !dryRun)
    print('Stopped at a duplicate: the batch with it was undone, those before it are stored. Run it again to go on.');
}

function withText(note: NoteCount): object {
  return { ...note, text: textOf(note) };
}

function toPlaces({ count, lines }: NoteCount, unit: string): string {
  return `${unit}${count === 1 ? '' : 's'} ${lines.join(', ')}${count > lines.length ? ', …' : ''}`;
}

async function exportUsers(path: string, file: FileForm, key: FactorsKey | null, json: boolean, env: Environment): Promise<number> {
  const toTerminal = path === '-';
  const started = performance.now();
  const show = (count: number): void => {
    if (process.stderr.isTTY && !toTerminal) process.stderr.write(`\r\u001B[2K${count} accounts`);
  };
  const accounts = await withServices(env, [CommandLineModule], (services) => {
    const exports = services.get(UserExportService);
    return toTerminal ? exports.write(standardOutput(), file, key, show) : exports.toFile(path, file, key, show);
  });
  if (toTerminal) return EXIT.done;
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
  const seconds = Number(((performance.now() - started) / 1_000).toFixed(1));
  if (json) print(JSON.stringify({ path, format: file.format, accounts, withFactors: key !== null, seconds }));
  else {
    print(`Wrote ${accounts} accounts to ${path}`);
    if (key === null) print('Authenticator apps, passkeys and recovery codes are not in it: --factors-key FILE adds them, sealed.');
    else print('Authenticator apps, passkeys and recovery codes are sealed in it. Hand over the key apart from the file.');
    print('Their password hashes are inside. Only you can read the file; keep it so, and delete it when it has served.');
  }
  return EXIT.done;
}
