console.log(JSON.stringify(Object.keys(process.env)));
