/**
 * Colour scales: fixed ends, never fitted to what is shown, safe for colour-blind readers.
 *
 * "cividis" (Nuñez, Anderton and Renslow, 2018) for amounts, and a map from ink blue over white to
 * brick red for signed amounts, mixed in Oklab so that equal steps look equal.
 */

export type Rgb = [number, number, number];

export interface Scale {
  low: number;
  high: number;
  log: boolean;
  lut: Uint8Array; // 256 colours, 3 bytes each
  unit: string;
  ticks: { at: number; label: string }[];
}

const CIVIDIS =
  "00224e00234f00245100255300255400265600275800285900285b00295d002a5f002a61002b62002c64002c66002d68" +
  "002e6a002e6c002f6d00306f0030700031700031710132710533710833700c34700f357012357014367016377018376f" +
  "1a386f1c396f1e3a6f203a6f213b6e233c6e243c6e263d6e273e6e293f6e2a3f6d2b406d2d416d2e416d2f426d31436d" +
  "32436d33446d34456c35456c36466c38476c39486c3a486c3b496c3c4a6c3d4a6c3e4b6c3f4c6c404c6c414d6c424e6c" +
  "434e6c444f6c45506c46516c47516c48526c49536c4a536c4b546c4c556c4d556c4e566c4f576c50576c51586d52596d" +
  "535a6d545a6d555b6d555c6d565c6d575d6d585e6d595e6e5a5f6e5b606e5c616e5d616e5e626e5e636f5f636f60646f" +
  "61656f62656f636670646770656870656870666970676a71686a71696b716a6c716b6d726c6d726c6e726d6f726e6f73" +
  "6f70737071737172747272747273747374757474757575757676767777767777777878777979777a7a787b7a787c7b78" +
  "7d7c787e7c787e7d787f7e78807f78817f788280798381798482798582798683798784788885788985788a86788b8778" +
  "8c88788d88788e89788f8a78908b78918b78928c78928d78938e78948e77958f779690779791779892779992779a9376" +
  "9b94769c95769d95769e96769f9775a09875a19975a29975a39a74a49b74a59c74a69c74a79d73a89e73a99f73aaa073" +
  "aba072aca172ada272aea371afa471b0a571b1a570b3a670b4a76fb5a86fb6a96fb7a96eb8aa6eb9ab6dbaac6dbbad6d" +
  "bcae6cbdae6cbeaf6bbfb06bc0b16ac1b26ac2b369c3b369c4b468c5b568c6b667c7b767c8b866c9b965cbb965ccba64" +
  "cdbb63cebc63cfbd62d0be62d1bf61d2c060d3c05fd4c15fd5c25ed6c35dd7c45cd9c55cdac65bdbc75adcc859ddc858" +
  "dec958dfca57e0cb56e1cc55e2cd54e4ce53e5cf52e6d051e7d150e8d24fe9d34eead34cebd44bedd54aeed649efd748" +
  "f0d846f1d945f2da44f3db42f5dc41f6dd3ff7de3ef8df3cf9e03afbe138fce236fde334fee434fee535fee636fee838";

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.substr(2 * i, 2), 16));
}

export const cividis = fromHex(CIVIDIS);
export const diverging = mixed([28, 76, 128], [255, 255, 255], [158, 48, 28]);

/** Index 0..255 of a value on a scale; values beyond an end take the colour of that end. */
export function index(scale: Scale, value: number): number {
  const place = scale.log
    ? Math.log(Math.max(value, scale.low) / scale.low) / Math.log(scale.high / scale.low)
    : (value - scale.low) / (scale.high - scale.low);
  return Math.round(255 * Math.min(1, Math.max(0, Number.isFinite(place) ? place : 0)));
}

export function colour(scale: Scale, value: number): Rgb {
  const i = 3 * index(scale, value);
  return [scale.lut[i], scale.lut[i + 1], scale.lut[i + 2]];
}

/** Where a value lies along a legend, 0 to 1. */
export function place(scale: Scale, value: number): number {
  return index(scale, value) / 255;
}

/** Black or white, whichever reads better on a colour. */
export function contrast([r, g, b]: Rgb): string {
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#1f1c18" : "#ffffff";
}

function mixed(low: Rgb, middle: Rgb, high: Rgb): Uint8Array {
  const out = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const t = (i - 127.5) / 127.5;
    const end = oklab(t < 0 ? low : high);
    const white = oklab(middle);
    // Even and odd sides meet at white between the two middle entries.
    const share = Math.abs(t) < 1 / 127 ? 0 : Math.abs(t);
    const mix = white.map((w, c) => w + (end[c] - w) * share) as Rgb;
    out.set(toRgb(mix), 3 * i);
  }
  return out;
}

function oklab(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map((v) => {
    const u = v / 255;
    return u <= 0.04045 ? u / 12.92 : ((u + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toRgb([L, a, b]: Rgb): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((u) => {
    const v = u <= 0.0031308 ? 12.92 * u : 1.055 * u ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, v)));
  }) as Rgb;
}
