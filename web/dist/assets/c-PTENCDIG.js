import"./chunk-LR5NDCKI.js";import"./chunk-NC73PCVV.js";import"./chunk-4OJBZNYO.js";
