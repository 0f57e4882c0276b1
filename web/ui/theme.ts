/** Light, dark, or as the system has it; remembered on this machine. */
import { h } from './dom.ts';

const CHOICES = ['system', 'light', 'dark'] as const;
type Choice = (typeof CHOICES)[number];
const KEY = 'simdescent-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** Storage throws where it is forbidden. */
function stored(): Choice {
  try {
    return CHOICES.find((one) => one === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

export const isDark = (): boolean => {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? system.matches : theme === 'dark';
};

function apply(choice: Choice): void {
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

// before anything is drawn
apply(stored());

/** The switch; `changed` is called whenever the colours are others. */
export function themeSwitch(changed: () => void): HTMLElement {
  system.addEventListener('change', changed);
  const options = CHOICES.map((choice) => h('option', { value: choice, selected: choice === stored() }, choice));
  const select = h('select', { id: 'theme-choice' }, ...options);
  select.addEventListener('change', () => {
    const choice = CHOICES.find((one) => one === select.value) ?? 'system';
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // remembered until the page is closed
    }
    apply(choice);
    changed();
  });
  return h('label', { class: 'inline' }, h('span', {}, 'Theme'), select);
}
