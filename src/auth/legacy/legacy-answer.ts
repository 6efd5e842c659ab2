/** Largest answer that is read, bytes; metadata alone may have 8 KiB. */
const MAX_ANSWER_BYTES = 65_536;

/** Answers that mean that the password is wrong, or that the old system knows no such account. */
const NO = new Set([401, 404]);

/** The old system confirmed the password. */
export interface LegacyYes {
  /** The account as it describes it, unchecked; null if it does not. */
  account: unknown;
}

/** An answer that is neither yes nor no. The message contains nothing of the answer. */
export class LegacyAnswerError extends Error {}

/**
 * Reads the old system's answer.
 * @returns null for a no
 * @throws LegacyAnswerError; TypeError or DOMException if the connection breaks or time is up while reading
 */
export async function readAnswer(answer: Response): Promise<LegacyYes | null> {
  if (NO.has(answer.status)) {
    await answer.body?.cancel();
    return null;
  }
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new LegacyAnswerError(`it answered ${answer.status}`);
  }
  const body = parse(await readText(answer));
  if (body['verified'] === false) return null;
  if (body['verified'] !== true) throw new LegacyAnswerError('its answer has no "verified": true or false');
  return { account: body['account'] ?? null };
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new LegacyAnswerError(`its answer has more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new LegacyAnswerError('its answer is no JSON');
  }
  if (typeof body !== 'object' || body === null) throw new LegacyAnswerError('its answer is no JSON object');
  return body as Record<string, unknown>;
}
