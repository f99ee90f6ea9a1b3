import"./chunk-P3ZFC5GC.js";import"./chunk-5OELJ65V.js";import"./chunk-4OJBZNYO.js";
