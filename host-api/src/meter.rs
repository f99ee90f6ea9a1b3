//! How much memory a guest holds, held at most, and was refused.

use wasmtime::ResourceLimiter;

/// The most table elements a guest may have. Tables never grow at run time (such modules are refused when they are loaded),
/// so this only bounds what a module may declare.
const TABLE_ELEMENTS_MAX: usize = 1 << 20;

/// Watches the growth of a guest's memory. A refused growth is no trap: the guest sees an allocation fail and usually ends with
/// an error of its own, so the refusal is remembered for whoever reports the end.
#[derive(Debug)]
pub struct MemoryMeter {
    bytes_max: u64,
    bytes_peak: u64,
    refused: bool,
}

impl MemoryMeter {
    /// A meter that allows `bytes_max`.
    #[must_use]
    pub fn new(bytes_max: u64) -> Self {
        Self { bytes_max, bytes_peak: 0, refused: false }
    }

    /// Notes what the guest has from the start, which the engine need not have asked for.
    pub fn starts_with(&mut self, bytes: u64) {
        self.bytes_peak = self.bytes_peak.max(bytes);
    }

    /// The most bytes held at one time.
    #[must_use]
    pub fn bytes_peak(&self) -> u64 {
        self.bytes_peak
    }

    /// Whether a growth was refused.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.refused
    }
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let desired = desired as u64;
        if desired > self.bytes_max {
            self.refused = true;
            return Ok(false);
        }
        self.bytes_peak = self.bytes_peak.max(desired);
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        // Growth beyond what a slot can hold, or memory that the host could not give.
        self.refused = true;
        Ok(())
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_growth_is_remembered_and_does_not_count() {
        let mut meter = MemoryMeter::new(1 << 20);
        assert!(meter.memory_growing(0, 1 << 20, None).unwrap());
        assert!(!meter.refused());
        assert!(!meter.memory_growing(1 << 20, (1 << 20) + 1, None).unwrap());
        assert!(meter.refused());
        assert_eq!(meter.bytes_peak(), 1 << 20);
    }
}
