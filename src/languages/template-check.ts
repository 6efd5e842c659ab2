import Handlebars from 'handlebars';

/** What is read of a template: the calls of `t` with the key written out. The visitor of Handlebars goes through everything below. */
class Calls extends Handlebars.Visitor {
  readonly keys: { key: string; line: number }[] = [];
  /** Lines on which something is put out as it is. */
  readonly unescaped: number[] = [];

  override MustacheStatement(call: hbs.AST.MustacheStatement): void {
    this.note(call);
    if (!call.escaped) this.unescaped.push(call.loc.start.line);
    super.MustacheStatement(call);
  }

  override SubExpression(call: hbs.AST.SubExpression): void {
    this.note(call);
    super.SubExpression(call);
  }

  private note({ path, params, loc }: Pick<hbs.AST.SubExpression, 'params' | 'loc'> & { path: hbs.AST.Expression }): void {
    const [first] = params;
    if ((path as hbs.AST.PathExpression).original !== 't' || first?.type !== 'StringLiteral') return;
    this.keys.push({ key: (first as hbs.AST.StringLiteral).value, line: loc.start.line });
  }
}

/** The keys of the texts that a template uses, each with its line. @throws Error if it is no template */
export function textKeysIn(source: string): readonly { key: string; line: number }[] {
  return callsIn(source).keys;
}

function callsIn(source: string): Calls {
  const calls = new Calls();
  calls.accept(Handlebars.parse(source));
  return calls;
}

/**
 * Finds mistakes at once, because `compile` does nothing until a template is used first. `precompile` would also generate the code of the
 * template, which doubles the time, and discard it.
 * @throws Error if it is no template, or uses an unknown helper
 */
function checkTemplate(engine: typeof Handlebars, source: string, options: CompileOptions): void {
  const { Compiler } = engine as unknown as { Compiler: new () => { compile(program: hbs.AST.Program, options: CompileOptions): unknown } };
  new Compiler().compile(engine.parse(source), { data: true, ...options });
}

/** What is wrong with a template of an operator's, each a sentence without subject. */
export function templateFaults(
  engine: typeof Handlebars,
  source: string,
  options: CompileOptions,
  isText: (key: string) => boolean,
): string[] {
  try {
    checkTemplate(engine, source, options);
    const { keys, unescaped } = callsIn(source);
    return [
      ...keys.filter(({ key }) => !isText(key)).map(({ key, line }) => `uses on line ${line} a text that there is not: ${key}`),
      ...unescaped.map((line) => `has {{{…}}} or {{&…}} on line ${line}, which escapes nothing`),
    ];
  } catch (error) {
    return [`is no template: ${(error as Error).message}`];
  }
}
