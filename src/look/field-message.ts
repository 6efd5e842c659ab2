/** Message for a field of a form. */
export interface FieldMessage {
  /** Name and element id of the field. */
  field: string;
  detail: string;
}
