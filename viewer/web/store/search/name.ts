/** By its name, a worker of the script knows that it is a searcher. */
export const SEARCHER_NAME = "searcher";
