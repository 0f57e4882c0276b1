// A sweep on a queue, to be killed: node coordinator.js ADDRESS FOLDER OPTIONS [EXPIRE [NAME]]. It prints each result and, at the end, the digest.
import { queue, sweep } from 'simdescent/sweep';

const [url, out, options, expire = '3600', name = 'simdescent'] = process.argv.slice(2);
const hands = await queue({ url, name, about: 'chaos', expire: Number(expire), onNote: console.error });
const { digest } = await sweep({
  ...{ ...JSON.parse(options), hands, out, resume: true },
  onTrial: ({ trial, epochs }) => console.log(`result ${trial} ${epochs}`),
});
console.log(`digest ${digest}`);
