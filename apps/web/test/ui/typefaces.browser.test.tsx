import { expect, test } from 'vitest';

const rules = () => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule);

const percent = (rule: CSSFontFaceRule, property: string) => Number.parseFloat(rule.style.getPropertyValue(property)) / 100;

/** Of 1,000 px letters, above and below the line. */
async function heightsOf(font: string): Promise<{ ascent: number; descent: number }> {
  await document.fonts.load(font);
  const context = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
  context.font = font;
  const { fontBoundingBoxAscent, fontBoundingBoxDescent } = context.measureText('x');
  return { ascent: fontBoundingBoxAscent, descent: fontBoundingBoxDescent };
}

test.each(['Inter', 'JetBrains Mono'])(
  'letters that stand in for %s are exactly as high, so that no row grows when they go',
  async (name) => {
    const standIns = rules().filter((rule) => rule.style.fontFamily.includes(`${name} Fallback`));
    expect(standIns.length).toBeGreaterThan(0);
    for (const rule of standIns) {
      const { ascent, descent } = await heightsOf(`${rule.style.fontStyle} 1000px "${name} Variable"`);
      const widened = percent(rule, 'size-adjust');
      expect(percent(rule, 'ascent-override') * widened * 1000).toBeCloseTo(ascent, -1);
      expect(percent(rule, 'descent-override') * widened * 1000).toBeCloseTo(descent, -1);
    }
  },
);
