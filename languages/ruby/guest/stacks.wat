;; Where stacks go that are taken down and put up again.
;;
;; The package's module changes stacks by asyncify: for `setjmp`, for a fiber, and to see the locals when it collects garbage, every function
;; on the stack writes what it holds into a buffer, returns, and is called again. The buffers hold what some fifty blocks within each other need, and more
;; overwrites what comes after them. Here a stack is written into one large area, and kept elsewhere if it does not fit into its buffer.
;;
;; Each function takes the place of that of the package whose name it has; a call to itself is a call to that (xtask/src/guests/replace.rs).
(module
  (import "ruby" "memory" (memory 0))
  (import "ruby" "cabi_realloc" (func $allocate (param i32 i32 i32 i32) (result i32)))

  ;; A buffer: where the stack written to it ends, where the buffer ends, and then the bytes. So is the area.
  (global $area (mut i32) (i32.const 0))
  (global $area_bytes i32 (i32.const 0x800000))
  ;; The buffer that the stack in the area belongs to, and the size of that stack.
  (global $buffer (mut i32) (i32.const 0))
  (global $bytes (mut i32) (i32.const 0))
  ;; The one that nobody reads from, and the one that the collector reads.
  (global $discarded (mut i32) (i32.const 0))
  (global $scanned (mut i32) (i32.const 0))
  ;; Whether a stack is being taken down: the module says that it is done with that each time that it is called.
  (global $unwinding (mut i32) (i32.const 0))
  ;; Whether the stack in the area was not put up since; the last buffer whose stack never was; the last one beside $discarded.
  (global $unread (mut i32) (i32.const 0))
  (global $forgotten (mut i32) (i32.const 0))
  (global $beside (mut i32) (i32.const 0))
  ;; Blocks for stacks that do not fit: the buffer (0 if it is free), the block, its size.
  (global $blocks (mut i32) (i32.const 0))
  (global $blocks_used (mut i32) (i32.const 0))
  (global $blocks_max i32 (i32.const 0x4000))

  (func (export "prepare stacks")
    (global.set $area (call $allocate (i32.const 0) (i32.const 0) (i32.const 16) (global.get $area_bytes)))
    (global.set $blocks (call $allocate (i32.const 0) (i32.const 0) (i32.const 16) (i32.mul (global.get $blocks_max) (i32.const 12)))))
  ;; Called after an exception was raised: its stack was put up nowhere.
  (func (export "last was discarded")
    (global.set $discarded (select (global.get $buffer) (global.get $forgotten) (global.get $unread)))
    (if (i32.eqz (global.get $discarded)) (then unreachable)))
  ;; Called after the collector has run. Its buffer is a variable beside the other one, and all else comes from the heap.
  (func (export "last was scanned")
    (global.set $scanned (global.get $beside))
    (if (i32.eqz (global.get $scanned)) (then unreachable)))

  ;; A block for the buffer's stack; the one that it has is free.
  (func $block_for (param $buffer i32) (param $bytes i32) (result i32)
    (local $at i32) (local $end i32) (local $found i32)
    (local.set $at (global.get $blocks))
    (local.set $end (i32.add (local.get $at) (i32.mul (global.get $blocks_used) (i32.const 12))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (if (i32.eq (i32.load (local.get $at)) (local.get $buffer))
        (then (i32.store (local.get $at) (i32.const 0))))
      (if (i32.and
            (i32.eqz (i32.load (local.get $at)))
            (i32.ge_u (i32.load offset=8 (local.get $at)) (local.get $bytes)))
        (then (local.set $found (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 12)))
      (br $next)))
    (if (i32.eqz (local.get $found)) (then
      (if (i32.eq (global.get $blocks_used) (global.get $blocks_max)) (then unreachable))
      (global.set $blocks_used (i32.add (global.get $blocks_used) (i32.const 1)))
      (local.set $found (local.get $end))
      (i32.store offset=4 (local.get $found) (call $allocate (i32.const 0) (i32.const 0) (i32.const 16) (local.get $bytes)))
      (if (i32.eqz (i32.load offset=4 (local.get $found))) (then unreachable))
      (i32.store offset=8 (local.get $found) (local.get $bytes))))
    (i32.store (local.get $found) (local.get $buffer))
    (i32.load offset=4 (local.get $found)))

  (func $start_unwind (export "replace asyncify_start_unwind") (param $buffer i32)
    (if (i32.eqz (global.get $area)) (then (call $start_unwind (local.get $buffer)) return))
    (if (i32.ne (i32.load (local.get $buffer)) (i32.add (local.get $buffer) (i32.const 8))) (then unreachable))
    (if (global.get $unread) (then (global.set $forgotten (global.get $buffer))))
    (global.set $buffer (local.get $buffer))
    (if (i32.and
          (i32.ne (local.get $buffer) (global.get $discarded))
          (i32.lt_u
            (i32.add (i32.sub (local.get $buffer) (global.get $discarded)) (i32.const 0x8000))
            (i32.const 0x10000)))
      (then (global.set $beside (local.get $buffer))))
    (global.set $unwinding (i32.const 1))
    (i32.store (global.get $area) (i32.add (global.get $area) (i32.const 8)))
    (i32.store offset=4 (global.get $area) (i32.add (global.get $area) (global.get $area_bytes)))
    (call $start_unwind (global.get $area)))

  (func $stop_unwind (export "replace asyncify_stop_unwind")
    (local $end i32) (local $block i32)
    (call $stop_unwind)
    (if (i32.eqz (global.get $unwinding)) (then return))
    (global.set $unwinding (i32.const 0))
    (global.set $unread (i32.const 1))
    (global.set $bytes (i32.sub (i32.load (global.get $area)) (i32.add (global.get $area) (i32.const 8))))
    (if (i32.or
          (i32.eq (global.get $buffer) (global.get $discarded))
          (i32.eq (global.get $buffer) (global.get $scanned)))
      (then return))
    (local.set $end (i32.load offset=4 (global.get $buffer)))
    (if (i32.le_u (i32.add (i32.add (global.get $buffer) (i32.const 8)) (global.get $bytes)) (local.get $end))
      (then
        (memory.copy (i32.add (global.get $buffer) (i32.const 8)) (i32.add (global.get $area) (i32.const 8)) (global.get $bytes))
        (i32.store (global.get $buffer) (i32.add (i32.add (global.get $buffer) (i32.const 8)) (global.get $bytes))))
      (else
        (local.set $block (call $block_for (global.get $buffer) (global.get $bytes)))
        (memory.copy (local.get $block) (i32.add (global.get $area) (i32.const 8)) (global.get $bytes))
        ;; A stack that ends after its buffer is elsewhere.
        (i32.store (global.get $buffer) (i32.add (local.get $end) (i32.const 4)))
        (i32.store (i32.sub (local.get $end) (i32.const 8)) (local.get $block))
        (i32.store (i32.sub (local.get $end) (i32.const 4)) (global.get $bytes)))))

  (func $start_rewind (export "replace asyncify_start_rewind") (param $buffer i32)
    (local $from i32) (local $end i32)
    (if (i32.eqz (global.get $area)) (then (call $start_rewind (local.get $buffer)) return))
    (if (i32.and (global.get $unread) (i32.ne (local.get $buffer) (global.get $buffer)))
      (then (global.set $forgotten (global.get $buffer))))
    (global.set $unread (i32.const 0))
    (global.set $buffer (local.get $buffer))
    (if (i32.ne (local.get $buffer) (global.get $scanned)) (then
      (local.set $end (i32.load offset=4 (local.get $buffer)))
      (if (i32.gt_u (i32.load (local.get $buffer)) (local.get $end))
        (then
          (local.set $from (i32.load (i32.sub (local.get $end) (i32.const 8))))
          (global.set $bytes (i32.load (i32.sub (local.get $end) (i32.const 4)))))
        (else
          (local.set $from (i32.add (local.get $buffer) (i32.const 8)))
          (global.set $bytes (i32.sub (i32.load (local.get $buffer)) (local.get $from)))))
      (memory.copy (i32.add (global.get $area) (i32.const 8)) (local.get $from) (global.get $bytes))
      (i32.store (local.get $buffer) (i32.add (local.get $buffer) (i32.const 8)))))
    (i32.store (global.get $area) (i32.add (i32.add (global.get $area) (i32.const 8)) (global.get $bytes)))
    (i32.store offset=4 (global.get $area) (i32.add (global.get $area) (global.get $area_bytes)))
    (call $start_rewind (global.get $area)))

  (func $stop_rewind (export "replace asyncify_stop_rewind")
    (call $stop_rewind)
    (if (i32.eqz (global.get $area)) (then return))
    (if (i32.ne (global.get $buffer) (global.get $scanned)) (then return))
    ;; The collector looks through what the buffer says.
    (i32.store (global.get $buffer) (i32.add (global.get $area) (i32.const 8)))
    (i32.store offset=4 (global.get $buffer) (i32.add (i32.add (global.get $area) (i32.const 8)) (global.get $bytes)))))
