// Loaded into every measured process before its own code: tells over IPC what it has used so far, and ends with the bench.
process.on('message', (question) => {
  if (question === 'usage') process.send({ usage: { ...process.cpuUsage(), rss: process.memoryUsage.rss() } });
});
process.on('disconnect', () => process.exit());
// Listening must not keep a process alive that wants to end.
process.channel?.unref();
