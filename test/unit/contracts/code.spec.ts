import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { IsCode } from '../../../src/contracts/shared/code.js';

class Body {
  code!: string;
  texted!: string;
}
IsCode()(Body.prototype, 'code');
IsCode(8)(Body.prototype, 'texted');

const read = (code: unknown): unknown => {
  const body = plainToInstance(Body, { code, texted: '' });
  return validateSync(body).length === 0 ? body.code : 'refused';
};

describe('a code of a wire format', () => {
  it.each([
    [12_345, '012345'],
    [0, '000000'],
    [402_917, '402917'],
    ['402917', '402917'],
    ['7', '000007'],
    [' 402 917\u200E', '402917'],
    ['٤٠٢٩١٧', '402917'],
  ])('%j is %s', (sent, code) => {
    expect(read(sent)).toBe(code);
  });

  it.each([[1_234_567], ['1234567'], [''], ['12a'], ['+12345'], ['1e5'], ['-1'], [1e300]])('%j is text that no code is', (sent) => {
    expect(read(sent)).toBe(String(sent));
  });

  it.each([[-1], [0.5], [Number.NaN], [Number.POSITIVE_INFINITY], [null], [undefined], [true], [['123456']], [{ code: '123456' }]])(
    '%j is refused',
    (sent) => {
      expect(read(sent)).toBe('refused');
    },
  );

  it('of eight digits gets the zeros of a number back, and leaves text of six as it is, which may be a code from before an upgrade', () => {
    const texted = [4_291_765, 7, '04291765', '042917'].map((sent) => plainToInstance(Body, { texted: sent }).texted);
    expect(texted).toEqual(['04291765', '00000007', '04291765', '042917']);
  });
});
