import type { TextName } from '../common/declared.js';

/** Message for a field of a form. */
export interface FieldMessage {
  /** Name and element id of the field. */
  field: string;
  detail: string;
}

/** A message out of the catalogue. */
export interface FieldText {
  /** Name and element id of the field. */
  field: string;
  text: TextName;
}
