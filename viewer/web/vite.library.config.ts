import { defineConfig } from "vite";

// The consumer as one module for the npm package. It is not minified: who bundles it does that, and others can read it.
export default defineConfig({
  publicDir: false,
  build: {
    lib: { entry: "consumer/index.ts", formats: ["es"], fileName: () => "index.js" },
    outDir: "../../bindings-node/viewer",
    emptyOutDir: false,
    target: "es2022",
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: { output: { comments: { jsdoc: false, legal: false } } },
  },
});
