/** The address of a script of our own, as a policy of Trusted Types lets it pass. */

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/** The page's policy lets only a script in that `logrtc` has passed, which is this one. To be called once a realm. */
export function trustedScriptUrl(own: string): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy("logrtc", {
    createScriptURL: (url) => {
      if (url !== own) {
        throw new TypeError("only the page's own worker is a script");
      }
      return url;
    },
  });
  return (policy?.createScriptURL(own) ?? own) as string;
}
