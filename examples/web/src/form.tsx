import type { LatchkeyError } from '@latchkey/client';
import { type InputHTMLAttributes, type ReactNode, type SubmitEvent, createContext, useContext, useEffect, useRef, useState } from 'react';
import { type Problem, toProblems, toText } from './problems';

const Problems = createContext<readonly Problem[]>([]);

interface FormProps<Name extends string> {
  button: string;
  /** Said when all went well, for forms that stay. */
  done?: string;
  /** The field that failures are about that name none. */
  about?: Name;
  children: ReactNode;
  /** Returns what went wrong, or null. */
  send: (values: Record<Name, string>) => Promise<LatchkeyError | null>;
}

/** A form that says at its top what is wrong and takes the reader there. */
export function Form<Name extends string>({ button, done, about, children, send }: FormProps<Name>) {
  const [state, setState] = useState<'idle' | 'busy' | 'done'>('idle');
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problems.length > 0) summary.current?.focus();
  }, [problems]);

  async function submit({ currentTarget: form }: SubmitEvent<HTMLFormElement>) {
    if (state === 'busy') return;
    setState('busy');
    const error = await send(Object.fromEntries(new FormData(form)) as Record<Name, string>);
    setState(error === null ? 'done' : 'idle');
    setProblems(error === null ? [] : toProblems(error, about));
  }

  return (
    <form
      aria-busy={state === 'busy'}
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event);
      }}
    >
      {problems.length > 0 && (
        <div className="summary" role="alert" tabIndex={-1} ref={summary}>
          <ul>
            {problems.map(({ field, text }) => (
              <li key={`${field} ${text}`}>
                <Remedy field={field} text={text} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <Problems value={problems}>{children}</Problems>
      <div className="row">
        <button aria-disabled={state === 'busy'}>{state === 'busy' ? 'One moment …' : button}</button>
        {done !== undefined && (
          <p className="good" role="status">
            {state === 'done' && done}
          </p>
        )}
      </div>
    </form>
  );
}

/** Leads to the field, if the form has it. */
function Remedy({ field = '', text }: Problem) {
  const [hasField, setHasField] = useState(false);
  // Afterwards: the field may appear along with the problem.
  useEffect(() => setHasField(document.getElementById(field) !== null), [field]);
  if (!hasField) return text;
  return (
    <button type="button" className="link" onClick={() => document.getElementById(field)?.focus()}>
      {text}
    </button>
  );
}

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  name: string;
  label: string;
  hint?: string;
}

/** A labelled input with its hint and its problem; a password can be looked at. */
export function Field({ name, label, hint, type = 'text', ...input }: FieldProps) {
  const [isShown, setShown] = useState(false);
  const problem = useContext(Problems).find(({ field }) => field === name)?.text;
  const notes = [hint === undefined ? '' : `${name}-hint`, problem === undefined ? '' : `${name}-problem`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      {hint !== undefined && (
        <p className="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p className="problem" id={`${name}-problem`}>
          {problem}
        </p>
      )}
      <div className="input">
        <input
          id={name}
          name={name}
          type={isShown ? 'text' : type}
          aria-invalid={problem === undefined ? undefined : true}
          aria-describedby={notes || undefined}
          {...input}
        />
        {type === 'password' && (
          <button type="button" className="link" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
            Show<span className="unseen"> {label.toLowerCase()}</span>
          </button>
        )}
      </div>
    </div>
  );
}

interface KnownProps {
  /** What was said in a view before. */
  known: string | undefined;
}

export function EmailField({ known }: KnownProps) {
  return <Field name="email" type="email" label="E-mail address" autoComplete="email" defaultValue={known} required />;
}

export function IdentifierField({ known, autoComplete = 'username' }: KnownProps & { autoComplete?: string }) {
  return (
    <Field
      name="identifier"
      label="E-mail address or username"
      autoComplete={autoComplete}
      autoCapitalize="none"
      defaultValue={known}
      required
    />
  );
}

export function NewPasswordField({ name, label }: { name: string; label: string }) {
  const hint = 'Long beats complicated: a sentence works well.';
  return <Field name={name} label={label} hint={hint} type="password" autoComplete="new-password" required />;
}

/** Digits from a mail. */
export function CodeField() {
  const digits = { className: 'digits', inputMode: 'numeric', pattern: '[0-9]{8}', maxLength: 8 } as const;
  return <Field name="code" label="Code" hint="Eight digits from the mail." autoComplete="one-time-code" required {...digits} />;
}

/** Six digits from an authenticator app. */
export function AppCodeField({ name, label = 'Code' }: { name: string; label?: string }) {
  const digits = { className: 'digits', inputMode: 'numeric', pattern: '[0-9]{6}', maxLength: 6 } as const;
  return (
    <Field name={name} label={label} hint="Six digits from your authenticator app." autoComplete="one-time-code" required {...digits} />
  );
}

interface ActProps {
  label: string;
  done: string;
  look?: 'link' | 'wide' | 'second wide';
  act: () => Promise<{ error: LatchkeyError | null }>;
}

/** A button for something that takes a moment, with what became of it beside. */
export function Act({ label, done, look = 'link', act }: ActProps) {
  const [outcome, setOutcome] = useState<{ isGood: boolean; text: string }>();
  async function run() {
    const { error } = await act();
    setOutcome(error === null ? { isGood: true, text: done } : { isGood: false, text: toText(error) });
  }
  return (
    <div className="act">
      <button type="button" className={look} onClick={() => void run()}>
        {label}
      </button>
      <p role="status" className={outcome?.isGood === false ? 'problem' : 'good'}>
        {outcome?.text}
      </p>
    </div>
  );
}
