/** One way to fill in a body. Fields that no form of the body names belong to every form. */
export interface BodyForm {
  requires: readonly string[];
  /** Fields of other forms that this one may have, too. */
  takes?: readonly string[];
}

/** By the name of the class, which is the name of its schema. */
const FORMS = new Map<string, Readonly<Record<string, BodyForm>>>();

/**
 * Class decorator: documents that a body comes in one of several forms, so that generated clients refuse a body that is none of them. What
 * the server takes is decided by the validation of the class, not here.
 * @param forms by the end of the name that each gets in the document, such as `ByToken`
 */
export function DocumentsForms(forms: Readonly<Record<string, BodyForm>>): ClassDecorator {
  return ({ name }) => void FORMS.set(name, forms);
}

/** The forms of the body with this name, if it has some. */
export function formsOf(name: string): Readonly<Record<string, BodyForm>> | undefined {
  return FORMS.get(name);
}
