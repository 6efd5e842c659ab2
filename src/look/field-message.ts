/** What a field of a form is told. */
export interface FieldMessage {
  /** Name and element id of the field. */
  field: string;
  detail: string;
}
