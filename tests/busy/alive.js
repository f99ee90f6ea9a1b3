console.log('up');
setTimeout(() => {}, 3_600_000)
