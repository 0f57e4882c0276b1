/** Workers ask for trials, and answer, below this path of the server. */
export const TRIALS = '/trials/';
