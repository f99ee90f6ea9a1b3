process.stdin.once('data', (bytes) => {
  console.log('once', bytes);
  process.stdin.resume();
});
process.stdin.on('end', () => console.log('end'));
process.stdin.on('close', () => console.log('close'));
