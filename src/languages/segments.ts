/** The basic set of GSM 03.38, without what takes two septets (3GPP TS 23.038 §6.2.1). */
const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]$/u;

/** Its extension: two septets each. */
const GSM_EXTENSION = /^[\f^{}\\[~\]|€]$/u;

/** What fits in one message alone, and in each part of a longer one, which also says where it belongs (3GPP TS 23.040 §9.2.3.24.1). */
const SEPTETS = { alone: 160, part: 153 } as const;
/** The same in UTF-16, in code units. One character that GSM lacks sends the whole text so. */
const CODE_UNITS = { alone: 70, part: 67 } as const;

/** Most parts that a text message may have. Each is paid for; and some phones show longer ones in pieces. */
export const MAX_SEGMENTS = 2;

/** How many parts a text message is sent in, and paid for as. */
export function segmentsOf(text: string): number {
  const septets = septetsOf(text);
  const [length, { alone, part }] = septets === null ? [text.length, CODE_UNITS] : [septets, SEPTETS];
  return length <= alone ? 1 : Math.ceil(length / part);
}

/** Null: GSM cannot write it. */
function septetsOf(text: string): number | null {
  let septets = 0;
  for (const character of text) {
    if (GSM.test(character)) septets += 1;
    else if (GSM_EXTENSION.test(character)) septets += 2;
    else return null;
  }
  return septets;
}
