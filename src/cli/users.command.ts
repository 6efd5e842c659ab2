import { closeSync, openSync, writeSync } from 'node:fs';
import { CommandLineModule } from '../administration/command-line.module.js';
import { FILE_FORMATS, type FileFormat, FileFormatError, formatOf } from '../administration/transfer/user-file.js';
import { FileExistsError, UserExportService } from '../administration/transfer/user-export.service.js';
import type { ImportProblem, ImportReport, ImportRequest } from '../administration/transfer/user-import.js';
import { UserImportService } from '../administration/transfer/user-import.service.js';
import type { Environment } from '../config/load-settings.js';
import { ImportUnderWayError } from '../users/transfer/account-transfer.service.js';
import { UsageError, oneOf, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { ProgressBar } from './progress-bar.js';
import { withServices } from './services.js';

/** Maximum number of displayed problems; the file of `--report` contains all of them. */
const MAX_SHOWN = 20;

/** The file may contain password hashes and personal data. */
const REPORT_MODE = 0o600;

const OPTIONS = {
  format: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  'on-duplicate': { type: 'string', default: 'skip' },
  report: { type: 'string' },
} as const;

/** Imports and exports accounts. */
export async function moveUsers(args: readonly string[], env: Environment): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS, { min: 2, max: 2 });
  const [verb = '', path = ''] = positionals;
  oneOf('users', verb, ['import', 'export']);
  const format = values.format === undefined ? formatOf(path) : oneOf('--format', values.format, FILE_FORMATS);
  if (format === null) throw new UsageError('Name the format: --format ndjson or --format csv.');
  try {
    if (verb === 'export') return await exportUsers(path, format, values.json, env);
    const onDuplicate = oneOf('--on-duplicate', values['on-duplicate'], ['skip', 'fail']);
    return await importUsers({ path, format, dryRun: values['dry-run'], onDuplicate }, values, env);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const isExpected = error instanceof FileFormatError || error instanceof FileExistsError || error instanceof ImportUnderWayError;
    // Errors of files, not of the network.
    if (!isExpected && !(code !== undefined && /^(?:open|stat|read|write|rename|unlink)$/.test(syscall ?? ''))) throw error;
    const { message } = error as Error;
    if (values.json) console.log(JSON.stringify({ error: message }));
    else console.error(message);
    return EXIT.failed;
  }
}

type ImportArguments = Pick<ImportRequest, 'path' | 'format' | 'dryRun' | 'onDuplicate'>;

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
    if ((count += 1) <= MAX_SHOWN) problems.push(problem);
    if (file !== null) writeSync(file, `${JSON.stringify(problem)}\n`);
  };
  const onProgress: ImportRequest['onProgress'] = ({ bytesRead, bytes, records }) => bar.show(bytesRead / bytes, records);
  try {
    const report = await withServices(env, [CommandLineModule], (services) =>
      services.get(UserImportService).run({ ...what, onProblem, onProgress }),
    );
    bar.end();
    if (json) console.log(JSON.stringify({ ...report, problems, moreProblems: count - problems.length }));
    else explain(report, problems, count - problems.length);
    if (!report.finished) return EXIT.failed;
    return report.duplicates + report.bad > 0 ? EXIT.partly : EXIT.done;
  } finally {
    bar.end();
    if (file !== null) closeSync(file);
  }
}

function explain(report: ImportReport, problems: readonly ImportProblem[], more: number): void {
  const { dryRun, finished, records, resumedAfter, stored, duplicates, bad, hashes } = report;
  for (const { line, kind, field, detail } of problems)
    console.error(`line ${line}: ${kind}: ${field === '' ? '' : `${field}: `}${detail}`);
  if (more > 0) console.error(`… and ${more} more; --report FILE keeps them all.`);
  if (resumedAfter > 0) console.log(`Went on after ${resumedAfter} records that an earlier run had done; they are counted here, too.`);
  const families = Object.entries(hashes).map(([family, count]) => `${family} ${count}`);
  console.log(`Records     ${records}`);
  console.log(`${dryRun ? 'Importable ' : 'Imported   '} ${stored}`);
  console.log(`Duplicates  ${duplicates}`);
  console.log(`Bad         ${bad}`);
  console.log(`Hashes      ${families.join(', ') || '-'}`);
  if (dryRun) console.log('Nothing was changed.');
  if (!finished && !dryRun)
    console.log('Stopped at a duplicate: the batch with it was undone, those before it are stored. Run it again to go on.');
}

async function exportUsers(path: string, format: FileFormat, json: boolean, env: Environment): Promise<number> {
  const toTerminal = path === '-';
  const started = performance.now();
  const show = (count: number): void => {
    if (process.stderr.isTTY && !toTerminal) process.stderr.write(`\r\u001B[2K${count} accounts`);
  };
  const accounts = await withServices(env, [CommandLineModule], (services) => {
    const exports = services.get(UserExportService);
    return toTerminal ? exports.write(process.stdout, format, show) : exports.toFile(path, format, show);
  });
  if (toTerminal) return EXIT.done;
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
  const seconds = Number(((performance.now() - started) / 1_000).toFixed(1));
  if (json) console.log(JSON.stringify({ path, format, accounts, seconds }));
  else {
    console.log(`Wrote ${accounts} accounts to ${path}`);
    console.log('Their password hashes are inside. Only you can read the file; keep it so, and delete it when it has served.');
  }
  return EXIT.done;
}
