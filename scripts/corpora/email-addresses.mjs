// The test cases of isemail, which judges addresses by RFC 5321, 5322 and 6531. An account takes fewer: each kind is refused for a reason.
import { AGREES } from './idna.mjs';

/** Why an address that isemail takes is refused. */
const REFUSED = [
  [/^"|"@/, 'refused: a quoted local part, which many mail servers refuse and injections need'],
  [/^[^@]*[^\0-\x7F][^@]*@/u, 'refused: a local part beyond ASCII, which takes SMTPUTF8 on every server on the way (RFC 6531)'],
  [/@\[.*\]$/, 'refused: the address of a machine instead of a domain'],
  [/@[^.]+$/, 'refused: a domain of one label, which is a machine of somebody’s network'],
  [/@.*\p{S}/u, 'refused: signs in a domain, which no registry takes (IDNA2008)'],
  [/@.*\p{Cn}/u, 'refused: a character that Unicode has not assigned'],
  [/[()\s]/, 'refused: comments and folded lines, which belong into headers of mails'],
];

export const emailAddresses = {
  file: 'isemail-tests.json',

  casesOf: (text) => JSON.parse(text).map(([address, verdict]) => ({ address, verdict })),

  judge: (each, read) => {
    const { address, verdict } = each;
    const result = read(address);
    Object.assign(each, { result });
    if (verdict === 'valid') {
      if (result !== null) return AGREES;
      return REFUSED.find(([pattern]) => pattern.test(address))?.[1];
    }
    if (result === null) return AGREES;
    return address.trim() === result ? 'taken: blanks and line breaks around an address do not count' : undefined;
  },
};
