import { dirname } from 'node:path';
import ts from 'typescript';

/** The methods of classes below `src/`, and which of them lead to which. */
export class CallGraph {
  private readonly checker: ts.TypeChecker;
  private readonly known = new Map<ts.Node, ReadonlySet<ts.Node>>();

  private constructor(private readonly program: ts.Program) {
    this.checker = program.getTypeChecker();
  }

  /** Reads the sources as the compiler does; takes some seconds. */
  static read(configPath = 'tsconfig.json'): CallGraph {
    const { config } = ts.readConfigFile(configPath, (path) => ts.sys.readFile(path)) as { config: object };
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configPath));
    return new CallGraph(
      ts.createProgram(
        fileNames.filter((name) => /\/src\/|^src\//.test(name)),
        { ...options, noEmit: true },
      ),
    );
  }

  /**
   * Names, as `Class.method`, of the methods from which code leads to the method: by calls, and by what is only mentioned, as callbacks are.
   * A call through an interface leads nowhere, so it may not stand between a route and the gate.
   */
  callersOf(className: string, method: string): Set<string> {
    const methods = [...this.methods()];
    const target = methods.find(({ name }) => name === `${className}.${method}`);
    if (target === undefined) throw new Error(`There is no ${className}.${method}`);
    return new Set(methods.filter(({ node }) => this.leadsTo(node, target.node)).map(({ name }) => name));
  }

  private *methods(): Generator<{ name: string; node: ts.MethodDeclaration }> {
    for (const file of this.program.getSourceFiles().filter(({ isDeclarationFile }) => !isDeclarationFile)) {
      for (const statement of file.statements.filter((each) => ts.isClassDeclaration(each))) {
        for (const member of statement.members.filter((each) => ts.isMethodDeclaration(each)))
          yield { name: `${statement.name?.text ?? ''}.${member.name.getText()}`, node: member };
      }
    }
  }

  private leadsTo(from: ts.Node, to: ts.Node): boolean {
    const seen = new Set<ts.Node>([from]);
    for (const node of seen) {
      if (node === to) return true;
      for (const next of this.mentionedIn(node)) seen.add(next);
    }
    return false;
  }

  /** Functions and methods with a body that the code of one mentions. */
  private mentionedIn(node: ts.Node): ReadonlySet<ts.Node> {
    const known = this.known.get(node);
    if (known !== undefined) return known;
    const found = new Set<ts.Node>();
    const visit = (each: ts.Node): void => {
      if (ts.isIdentifier(each)) {
        const symbol = this.checker.getSymbolAtLocation(each);
        const real = symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
        for (const declaration of real?.declarations ?? []) {
          const hasBody = ts.isFunctionLike(declaration) && 'body' in declaration && declaration.body !== undefined;
          const isConstant = ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined;
          const isField = ts.isPropertyDeclaration(declaration) && declaration.initializer !== undefined;
          if ((hasBody || isConstant || isField) && !declaration.getSourceFile().isDeclarationFile) found.add(declaration);
        }
      }
      ts.forEachChild(each, visit);
    };
    ts.forEachChild(node, visit);
    this.known.set(node, found);
    return found;
  }
}
