// Runs before the first paint, as a classic script in the head: decides between light and dark.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");

  /** @returns {"system" | "light" | "dark"} */
  const choice = () => {
    try {
      const stored = localStorage.getItem("fleetprof.theme");
      return stored === "light" || stored === "dark" ? stored : "system";
    } catch {
      return "system"; // Storage is blocked: follow the system.
    }
  };

  const isDark = () => choice() === "dark" || (choice() === "system" && system.matches);

  const apply = () => {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    document.dispatchEvent(new CustomEvent("fp-theme", { detail: { choice: choice(), isDark: isDark() } }));
  };

  /** Canvas code listens for "fp-theme" on the document and reads the --fp-* variables again. */
  globalThis.fleetprofTheme = {
    choice,
    isDark,
    next() {
      const following = { system: "light", light: "dark", dark: "system" }[choice()];
      try {
        localStorage.setItem("fleetprof.theme", following);
      } catch {
        // Storage is blocked: the choice cannot be kept.
      }
      apply();
    },
  };

  system.addEventListener("change", apply);
  apply();
})();
