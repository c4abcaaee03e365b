/** The appointment calendar: mounts on [data-calendar]. */
export {};
