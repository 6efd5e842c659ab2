import { describe, expect, it } from 'vitest';
import { GROUNDS, SHAPE_CONTRAST, TEXT_CONTRAST, brandPalette, contrast } from '../../../src/look/brand-palette.js';

const LEVELS = Array.from({ length: 16 }, (_, index) => (index * 17).toString(16).padStart(2, '0'));
const COLORS = LEVELS.flatMap((red) => LEVELS.flatMap((green) => LEVELS.map((blue) => `#${red}${green}${blue}`)));

describe('the palette of a brand', () => {
  it('calculates contrast as WCAG defines it', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3);
    expect(contrast('#ffffff', '#777777')).toBe(contrast('#777777', '#ffffff'));
  });

  it('is readable with any colour, in light and dark mode', () => {
    const bad = COLORS.flatMap((color) => {
      const palette = brandPalette(color);
      return (['light', 'dark'] as const)
        .filter((scheme) => {
          const { fill, onFill, fillHover, edge, ink } = palette[scheme];
          const [card] = GROUNDS[scheme];
          return !(
            contrast(onFill, fill) >= TEXT_CONTRAST &&
            contrast(onFill, fillHover) >= TEXT_CONTRAST &&
            contrast(edge, card) >= SHAPE_CONTRAST &&
            GROUNDS[scheme].every((ground) => contrast(ink, ground) >= TEXT_CONTRAST)
          );
        })
        .map((scheme) => `${color} ${scheme}`);
    });
    expect(bad).toEqual([]);
  });

  it('keeps the colour of buttons in light mode, however pale it is', () => {
    for (const color of ['#3346d3', '#ffd400', '#ffffff', '#000000']) expect(brandPalette(color).light.fill).toBe(color);
    expect(brandPalette('#ffd400').light).toMatchObject({ onFill: '#000000', edge: brandPalette('#ffd400').light.ink });
    expect(brandPalette('#3346d3').light).toMatchObject({ onFill: '#ffffff', edge: '#3346d3', ink: '#3346d3' });
  });

  it('lightens a dark colour in dark mode', () => {
    expect(brandPalette('#3346d3').dark).toMatchObject({ fill: expect.not.stringMatching('#3346d3'), onFill: '#ffffff' });
    expect(brandPalette('#ffd400').dark.fill).toBe('#ffd400');
  });

  it('does not make a grey brand look disabled', () => {
    for (const color of ['#000000', '#171a21', '#808080', '#ffffff']) {
      const { light, dark } = brandPalette(color);
      expect(contrast(dark.fill, GROUNDS.dark[0])).toBeGreaterThan(11);
      expect(contrast(light.ink, GROUNDS.light[0])).toBeGreaterThan(11);
    }
  });
});
