/** The same against dynoxide, which stands in where there is no Java. */
process.env.STOCKWIRE_NO_JAVA = "1";
await import("./together.test.ts");

export {};
