import theme from 'vitepress/theme-without-fonts';
import { RunExample, RunPage } from './run.js';
import './style.css';

export default {
  extends: theme,
  enhanceApp({ app }) {
    app.component('RunExample', RunExample);
    app.component('RunPage', RunPage);
  },
};
