/**
 * When it is imported, uPlot makes a number format of the browser's language. WebKit on a system in the POSIX locale calls that
 * language `C`, which `Intl` refuses: English, the language of this page, takes its place.
 */
export function repairLanguage(): void {
  if (!isKnown(navigator.language)) Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}

function isKnown(language: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(language) !== undefined;
  } catch {
    return false;
  }
}
