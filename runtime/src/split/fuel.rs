//! Metering: a guest pays for what it executes out of a global, and asks the host for more when that is used up.
//!
//! The engine's own fuel is exact, and costs CPython a third of its speed: its counter lives across every call and is adjusted at the end of
//! every basic block. Here a turn of a loop pays at the loop's head, and a function on entry where it may be part of a recursion; nothing else can
//! run for long. So the price is an estimate, but the same for the same program everywhere, which is what a limit needs.
//!
//! An interpreter's loop over its instructions is the one loop where even that shows. A guest may meter it itself (`docs/guest-abi.md`): it marks the
//! loop with two `nop`s, which nothing else emits, and calls the import `coderunner.pay` where the *program* jumps or calls. That call is
//! replaced by the payment. A loop that begins with a marked one, but for moves of variables and beginnings of blocks, is that loop's second head and
//! pays nothing either.
//!
//! What is asked when nothing is left is the host function `coderunner.refuel`. The places where that happens are marked as unlikely
//! (`metadata.code.branch_hint`), so that the engine keeps them out of the way.

use wasm_encoder::{BlockType, Instruction};
use wasmparser::{BinaryReaderError, FunctionBody, Operator};

use super::bulk;

/// What is paid for a call besides what the callee costs.
const CALL: u32 = 4;
/// Bytes that a bulk operation moves for one unit. Measured: a core does about eight operations or moves about sixteen bytes a nanosecond.
const BULK_BYTES_PER_UNIT: u32 = 2;
/// At most this much is paid for operations after the first branch of a loop or function: the bigger the code, the smaller the part of it that one
/// turn executes. An interpreter's loop has tens of thousands of operations and executes some tens in a turn.
const BRANCHED_MAX: u32 = 32;
/// No piece of code costs more, so that one payment stays far from the range of the global.
const UNITS_MAX: u32 = 1 << 20;
/// Recursions are looked for this often at most; see [`prices`].
const ROUNDS_MAX: u32 = 64;

/// What executing a piece of code once costs, as far as it can be known beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cost {
    /// Up to the first branch: always executed.
    straight: u32,
    /// Behind it: some is.
    branched: u32,
    has_branch: bool,
}

impl Cost {
    fn add(&mut self, units: u32) {
        let part = if self.has_branch { &mut self.branched } else { &mut self.straight };
        *part = part.saturating_add(units);
    }

    fn units(self) -> u32 {
        self.straight.saturating_add((self.branched / 2).min(BRANCHED_MAX)).clamp(1, UNITS_MAX)
    }
}

/// A loop, or what of a function lies outside of its loops.
#[derive(Debug, Default)]
struct Scope {
    cost: Cost,
    /// Functions it calls directly, and whether that is behind a branch.
    calls: Vec<(u32, bool)>,
    /// The guest meters it itself.
    is_marked: bool,
    /// The loop around it, of which it is the beginning: before it variables are moved and blocks begin, nothing else.
    is_head_of: Option<usize>,
}

/// What a function consists of.
#[derive(Debug, Default)]
pub(super) struct Anatomy {
    function: Scope,
    /// In the order in which they begin.
    loops: Vec<Scope>,
    /// It calls through a table: whatever is called may call it again.
    calls_anything: bool,
}

impl Anatomy {
    pub(super) fn of(body: &FunctionBody<'_>) -> Result<Self, BinaryReaderError> {
        let mut anatomy = Self::default();
        // For each open block the loop that it is, if it is one.
        let mut blocks: Vec<Option<usize>> = Vec::new();
        let mut inside: Vec<usize> = Vec::new();
        let (mut constant, mut after_nop) = (None, false);
        // The loop that has begun just now, but for moves of variables and beginnings of blocks.
        let mut fresh: Option<usize> = None;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            match operator {
                Operator::Loop { .. } => {
                    blocks.push(Some(anatomy.loops.len()));
                    inside.push(anatomy.loops.len());
                    let is_head_of = fresh.replace(anatomy.loops.len());
                    anatomy.loops.push(Scope { is_head_of, ..Scope::default() });
                }
                Operator::Block { .. } | Operator::TryTable { .. } | Operator::If { .. } => {
                    blocks.push(None);
                }
                Operator::End => {
                    if let Some(Some(_)) = blocks.pop() {
                        inside.pop();
                    }
                }
                _ => {}
            }
            let scope = match inside.last() {
                Some(n) => &mut anatomy.loops[*n],
                None => &mut anatomy.function,
            };
            scope.cost.add(price(&operator, constant));
            scope.cost.has_branch |= is_branch(&operator);
            match operator {
                Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                    scope.calls.push((function_index, scope.cost.has_branch));
                    fresh = None;
                }
                Operator::CallIndirect { .. }
                | Operator::CallRef { .. }
                | Operator::ReturnCallIndirect { .. }
                | Operator::ReturnCallRef { .. } => {
                    anatomy.calls_anything = true;
                    fresh = None;
                }
                Operator::Nop if after_nop => scope.is_marked = true,
                Operator::Loop { .. }
                | Operator::Block { .. }
                | Operator::LocalGet { .. }
                | Operator::LocalSet { .. } => {}
                _ => fresh = None,
            }
            after_nop = matches!(operator, Operator::Nop);
            constant = match operator {
                Operator::I32Const { value } => Some(value),
                _ => None,
            };
        }
        // A compiler gives a loop several heads where it is entered with variables in different places.
        for n in (0..anatomy.loops.len()).rev() {
            let Scope { is_marked, is_head_of, .. } = anatomy.loops[n];
            if let Some(outer) = is_head_of.filter(|_| is_marked) {
                anatomy.loops[outer].is_marked = true;
            }
        }
        Ok(anatomy)
    }

    fn callees(&self) -> impl Iterator<Item = u32> {
        self.loops.iter().chain([&self.function]).flat_map(|scope| scope.calls.iter().map(|c| c.0))
    }
}

/// What a function pays; `None` where it pays nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Prices {
    pub(super) entry: Option<u32>,
    /// At the head of each loop, in the order in which they begin.
    pub(super) loops: Vec<Option<u32>>,
}

/// What each of `functions` pays, the first of which has the index `first`.
///
/// On entry pay those that call through a table, and enough others that every recursion has one that pays; what the others cost is part of what their
/// callers pay. Recursions are found by taking out, again and again, functions that call nothing that is left. When nothing can be taken out,
/// the function with the most callers left is made to pay.
pub(super) fn prices(functions: &[Anatomy], first: u32) -> Vec<Prices> {
    let local = |index: u32| {
        let n = index.checked_sub(first)? as usize;
        (n < functions.len()).then_some(n)
    };
    let mut pays: Vec<bool> = functions.iter().map(|f| f.calls_anything).collect();
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); functions.len()];
    // Callees that are still in the way, counted as often as they are called.
    let mut waits_for = vec![0_usize; functions.len()];
    for (caller, function) in functions.iter().enumerate() {
        for callee in function.callees().filter_map(local) {
            callers[callee].push(caller);
            waits_for[caller] += 1;
        }
    }
    let mut costs = vec![0_u32; functions.len()];
    let mut known = vec![false; functions.len()];
    let mut ready: Vec<usize> = Vec::new();
    let cost_of = |scope: &Scope, costs: &[u32], pays: &[bool]| {
        let mut cost = scope.cost;
        for (callee, behind_branch) in &scope.calls {
            let Some(callee) = local(*callee).filter(|callee| !pays[*callee]) else { continue };
            let part = if *behind_branch { &mut cost.branched } else { &mut cost.straight };
            *part = part.saturating_add(costs[callee]);
        }
        cost.units()
    };
    // Functions that pay do not wait: calling them is no part of an unpaid recursion.
    let release = |n: usize, waits_for: &mut [usize], ready: &mut Vec<usize>, known: &[bool]| {
        for caller in &callers[n] {
            waits_for[*caller] -= 1;
            if waits_for[*caller] == 0 && !known[*caller] {
                ready.push(*caller);
            }
        }
    };
    for (n, pays) in pays.iter().enumerate() {
        if *pays {
            release(n, &mut waits_for, &mut ready, &known);
        }
    }
    ready.extend((0..functions.len()).filter(|n| waits_for[*n] == 0));
    for round in 0.. {
        while let Some(n) = ready.pop() {
            if std::mem::replace(&mut known[n], true) {
                continue;
            }
            costs[n] = cost_of(&functions[n].function, &costs, &pays);
            if !pays[n] {
                release(n, &mut waits_for, &mut ready, &known);
            }
        }
        let mut stuck: Vec<usize> =
            (0..functions.len()).filter(|n| !known[*n] && !pays[*n]).collect();
        if stuck.is_empty() {
            break;
        }
        if round < ROUNDS_MAX {
            let left = |n: usize| callers[n].iter().filter(|c| !known[**c]).count();
            stuck.sort_by_key(|n| std::cmp::Reverse(left(*n)));
            stuck.truncate(1 + stuck.len() / 8);
        }
        for n in stuck {
            pays[n] = true;
            release(n, &mut waits_for, &mut ready, &known);
        }
    }
    functions
        .iter()
        .zip(&pays)
        .map(|(function, pays_on_entry)| Prices {
            entry: pays_on_entry.then(|| cost_of(&function.function, &costs, &pays)),
            loops: { function.loops.iter() }
                .map(|scope| (!scope.is_marked).then(|| cost_of(scope, &costs, &pays)))
                .collect(),
        })
        .collect()
}

/// What one operation costs; `constant` is what was pushed just before it.
fn price(operator: &Operator<'_>, constant: Option<i32>) -> u32 {
    match operator {
        Operator::Nop
        | Operator::Drop
        | Operator::Block { .. }
        | Operator::Loop { .. }
        | Operator::Unreachable
        | Operator::Return
        | Operator::Else
        | Operator::End => 0,
        // Those of other lengths pay where they are cut into pieces.
        Operator::MemoryFill { .. } | Operator::MemoryCopy { .. } => {
            let bytes = constant.filter(|len| bulk::is_short(Some(*len))).unwrap_or(0);
            CALL + units_of_bytes(bytes.cast_unsigned())
        }
        Operator::Call { .. }
        | Operator::CallIndirect { .. }
        | Operator::CallRef { .. }
        | Operator::ReturnCall { .. }
        | Operator::ReturnCallIndirect { .. }
        | Operator::ReturnCallRef { .. } => CALL,
        _ => 1,
    }
}

fn is_branch(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::If { .. }
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::Return
    )
}

/// Writes instructions, noting where unlikely branches are.
pub(super) trait Writer {
    fn write(&mut self, instruction: &Instruction<'_>);
    /// An `if` whose condition hardly ever holds.
    fn unlikely_if(&mut self);
}

/// Where a function pays and whom it asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Till {
    /// The global with what is left.
    pub(super) global: u32,
    /// The function that refills it.
    pub(super) refuel: u32,
}

impl Till {
    /// Pays `units` and refuels when nothing is left. `scratch` is an `i32` local.
    pub(super) fn pay(self, out: &mut impl Writer, units: u32, scratch: u32) {
        out.write(&Instruction::GlobalGet(self.global));
        out.write(&Instruction::I32Const(units.cast_signed()));
        self.take(out, scratch);
    }

    /// Pays what is on the operand stack.
    pub(super) fn pay_operand(self, out: &mut impl Writer, scratch: u32) {
        out.write(&Instruction::LocalSet(scratch));
        out.write(&Instruction::GlobalGet(self.global));
        out.write(&Instruction::LocalGet(scratch));
        self.take(out, scratch);
    }

    /// Pays for as many bytes as the local variable `bytes` says; what that leaves is looked at by whoever pays next.
    pub(super) fn pay_bytes(self, out: &mut impl Writer, bytes: u32) {
        out.write(&Instruction::GlobalGet(self.global));
        out.write(&Instruction::LocalGet(bytes));
        out.write(&Instruction::I32Const(BULK_BYTES_PER_UNIT.trailing_zeros().cast_signed()));
        out.write(&Instruction::I32ShrU);
        out.write(&Instruction::I32Sub);
        out.write(&Instruction::GlobalSet(self.global));
    }

    fn take(self, out: &mut impl Writer, scratch: u32) {
        out.write(&Instruction::I32Sub);
        out.write(&Instruction::LocalTee(scratch));
        out.write(&Instruction::GlobalSet(self.global));
        out.write(&Instruction::LocalGet(scratch));
        out.write(&Instruction::I32Const(0));
        out.write(&Instruction::I32LtS);
        out.unlikely_if();
        out.write(&Instruction::Call(self.refuel));
        out.write(&Instruction::End);
    }

    /// The function that refills the global: asks the host function `import`.
    pub(super) fn refuel_function(self, out: &mut impl Writer, import: u32) {
        out.write(&Instruction::GlobalGet(self.global));
        out.write(&Instruction::Call(import));
        out.write(&Instruction::GlobalSet(self.global));
        out.write(&Instruction::End);
    }
}

/// Units for a piece of a bulk operation.
pub(super) const fn units_of_bytes(bytes: u32) -> u32 {
    bytes / BULK_BYTES_PER_UNIT
}

/// An `if` without a result.
pub(super) const IF: Instruction<'static> = Instruction::If(BlockType::Empty);

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
        ImportSection, Instruction as I, MemorySection, MemoryType, Module, TypeSection,
    };
    use wasmtime::{Caller, Config, Engine, Func, Instance, Store, format_err};

    use super::*;

    const SLICE: i32 = 1000;

    /// Runs the first of these functions, each of type `() -> ()` and numbered from 1 on (0 is the import `pay`), until it ends or has used up
    /// `slices`; says how many slices it took.
    fn slices(functions: &[&[I<'_>]], slices: i32) -> i32 {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([wasm_encoder::ValType::I32], []);
        module.section(&types);
        let mut imports = ImportSection::new();
        imports.import("coderunner", "pay", EntityType::Function(1));
        module.section(&imports);
        let mut declarations = FunctionSection::new();
        let mut code = CodeSection::new();
        for body in functions {
            declarations.function(0);
            let mut function = Function::new([(1, wasm_encoder::ValType::I32)]);
            body.iter().chain([&I::End]).for_each(|i| {
                function.instruction(i);
            });
            code.function(&function);
        }
        module.section(&declarations);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        let mut exports = ExportSection::new();
        exports.export("run", ExportKind::Func, 1);
        module.section(&exports).section(&code);
        let split = super::super::split(&module.finish(), SLICE).unwrap();

        let mut config = Config::new();
        config.wasm_branch_hinting(true);
        let engine = Engine::new(&config).unwrap();
        let module = wasmtime::Module::new(&engine, &split.module).unwrap();
        let mut store = Store::new(&engine, 0);
        let pay = Func::wrap(&mut store, |_: i32| ());
        let refuel = Func::wrap(&mut store, move |mut caller: Caller<'_, i32>, left: i32| {
            assert!(left < 0);
            *caller.data_mut() += 1;
            if *caller.data() < slices { Ok(SLICE) } else { Err(format_err!("enough")) }
        });
        let instance = Instance::new(&mut store, &module, &[pay.into(), refuel.into()]).unwrap();
        let run = instance.get_typed_func::<(), ()>(&mut store, "run").unwrap();
        let ended = run.call(&mut store, ());
        assert!(ended.is_ok() || *store.data() == slices, "{ended:?}");
        *store.data()
    }

    const LOOP: I<'_> = I::Loop(BlockType::Empty);

    #[test]
    fn an_endless_loop_pays_and_a_program_that_ends_soon_does_not_ask() {
        assert_eq!(slices(&[&[LOOP, I::Br(0), I::End]], 50), 50);
        assert_eq!(slices(&[&[LOOP, I::Call(2), I::Br(0), I::End], &[]], 50), 50);
        assert_eq!(slices(&[&[LOOP, I::LocalGet(0), I::BrIf(0), I::End]], 50), 0);
    }

    #[test]
    fn every_recursion_pays() {
        assert_eq!(slices(&[&[I::Call(1)]], 20), 20, "a function that calls itself");
        assert_eq!(
            slices(&[&[I::Call(2)], &[I::Call(3)], &[I::Call(1)]], 20),
            20,
            "a ring of three"
        );
        let two_rings: [&[I<'_>]; 3] = [
            &[I::Call(2)],
            &[I::LocalGet(0), I::If(BlockType::Empty), I::Call(1), I::End, I::Call(3)],
            &[I::Call(2)],
        ];
        assert_eq!(slices(&two_rings, 20), 20, "two rings with a function in common");
    }

    #[test]
    fn a_loop_costs_what_the_short_functions_cost_that_it_calls() {
        let long: Vec<_> = [I::LocalGet(0), I::Drop].into_iter().cycle().take(2000).collect();
        // 100 turns of which each executes 1,000 operations in a function that pays nothing itself.
        let turns = [
            I::I32Const(100),
            I::LocalSet(0),
            LOOP,
            I::Call(2),
            I::LocalGet(0),
            I::I32Const(1),
            I::I32Sub,
            I::LocalTee(0),
            I::BrIf(0),
            I::End,
        ];
        let took = slices(&[&turns, &long], 1000);
        assert!((95..=110).contains(&took), "{took} slices of {SLICE} for 100,000 operations");
    }

    #[test]
    fn a_marked_loop_pays_by_its_calls_only() {
        let turns = |own: &[I<'static>]| -> Vec<I<'static>> {
            let head = [I::I32Const(100), I::LocalSet(0), LOOP, I::Nop, I::Nop];
            let tail =
                [I::LocalGet(0), I::I32Const(1), I::I32Sub, I::LocalTee(0), I::BrIf(0), I::End];
            head.into_iter().chain(own.iter().cloned()).chain(tail).collect()
        };
        assert_eq!(slices(&[&turns(&[])], 50), 0);
        // 100 times 500 units are 50 slices; the first is there, and each is used up to the last unit before the next is asked for.
        assert_eq!(slices(&[&turns(&[I::I32Const(500), I::Call(0)])], 100), 33);
        assert_eq!(
            slices(&[&[LOOP, I::Nop, I::Nop, I::I32Const(500), I::Call(0), I::Br(0), I::End]], 50),
            50
        );
        // With two heads: turns by the outer one do not pay either, unless it does something of its own.
        let two_heads = |between: &[I<'static>], blocks: u32| -> Vec<I<'static>> {
            let head = [I::I32Const(1000), I::LocalSet(0), LOOP, I::LocalGet(0), I::LocalSet(0)];
            let tail = [LOOP, I::Nop, I::Nop, I::LocalGet(0), I::I32Const(1), I::I32Sub];
            let end = [I::LocalTee(0), I::BrIf(1 + blocks), I::End, I::End];
            let opened = (0..blocks).map(|_| I::Block(BlockType::Empty));
            let closed = (0..blocks).map(|_| I::End);
            let head = head.into_iter().chain(between.iter().cloned()).chain(opened);
            head.chain(tail).chain(end).chain(closed).collect()
        };
        assert_eq!(slices(&[&two_heads(&[], 0)], 50), 0);
        assert_eq!(slices(&[&two_heads(&[], 2)], 50), 0, "blocks that begin do nothing");
        assert!(slices(&[&two_heads(&[I::I32Const(1), I::Drop], 0)], 50) > 0);
    }
}
