// For npm run docs: guides are named by their first heading, not by their file, and the front page has its title once.
import { Converter } from 'typedoc';

const HEADING = /^# (.+)\n+/;

export function load({ converter }) {
  converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, guide) => {
    guide.name = HEADING.exec(guide.content[0].text)[1];
  });
  converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const [first] = project.readme;
    first.text = first.text.replace(HEADING, '');
  });
}
