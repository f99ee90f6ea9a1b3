import"./chunk-676G4LY5.js";import"./chunk-NC73PCVV.js";import"./chunk-4OJBZNYO.js";
