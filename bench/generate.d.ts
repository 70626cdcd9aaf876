/** The moment at which the benchmark happens; the purchases lie in the five years before. */
export declare const NOW: Date;
/** Makes a database file of purchases as the services would have written them, the same each time. */
export declare function generateDatabase(path: string, purchases: number): Promise<void>;
//# sourceMappingURL=generate.d.ts.map