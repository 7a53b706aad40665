export * from "./viewer/index.js";
export { serve, type Server, type ServeOptions } from "./viewer.js";
