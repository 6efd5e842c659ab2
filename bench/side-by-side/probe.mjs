// Loaded into every measured process before its own code. It answers over IPC how much the process has used so far, and ends the process
// with the benchmark.
process.on('message', (question) => {
  if (question === 'usage') process.send({ usage: { ...process.cpuUsage(), rss: process.memoryUsage.rss() } });
});
process.on('disconnect', () => process.exit());
// This listener must not keep a process alive.
process.channel?.unref();
