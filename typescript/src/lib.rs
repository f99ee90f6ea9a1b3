//! TypeScript, TSX and JSX to JavaScript.
