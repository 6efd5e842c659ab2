import { fromBase64 } from './encodings.js';
import { type HashFamily, MALFORMED, type ParsedHash, type RefusedHash } from './hash-family.js';
import { toPbkdf2Hash } from './pbkdf2-hash.js';

/** Version 2: a zero, 128 bits of salt, 256 bits of key. */
const VERSION_2 = { notation: /^A[A-P][A-Za-z\d+/]{64}==$/, saltEnd: 17, iterations: 1_000 };
/** Version 3: a one; digest, iterations and length of the salt, 32 bits each, big-endian; salt and key. */
const VERSION_3 = { notation: /^AQAAAA[AEI][A-Za-z\d+/]/, digestAt: 1, iterationsAt: 5, saltLengthAt: 9, saltAt: 13 };

/** `KeyDerivationPrf`. */
const DIGESTS = ['sha1', 'sha256', 'sha512'];

/** PBKDF2 as ASP.NET Identity writes it: base64 of everything. Source: `Microsoft.AspNetCore.Identity.PasswordHasher`. */
export const ASPNET: HashFamily = {
  name: 'aspnet',
  parse(stored: string): ParsedHash | RefusedHash | null {
    if (VERSION_3.notation.test(stored)) return readVersion3(fromBase64(stored));
    const bytes = VERSION_2.notation.test(stored) ? fromBase64(stored) : null;
    if (bytes === null) return null;
    const { saltEnd, iterations } = VERSION_2;
    return toPbkdf2Hash({ digest: 'sha1', iterations, salt: bytes.subarray(1, saltEnd), key: bytes.subarray(saltEnd) });
  },
};

function readVersion3(bytes: Buffer | null): ParsedHash | RefusedHash {
  const { digestAt, iterationsAt, saltLengthAt, saltAt } = VERSION_3;
  if (bytes === null || bytes.length < saltAt) return MALFORMED;
  const saltEnd = saltAt + bytes.readUInt32BE(saltLengthAt);
  return toPbkdf2Hash({
    digest: DIGESTS[bytes.readUInt32BE(digestAt)] ?? '',
    iterations: bytes.readUInt32BE(iterationsAt),
    salt: saltEnd === saltAt ? null : bytes.subarray(saltAt, saltEnd),
    key: bytes.subarray(saltEnd),
  });
}
