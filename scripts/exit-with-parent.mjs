/** Preloaded into every service: when whoever started it is gone, killed or not, it stops as on SIGTERM. */
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
