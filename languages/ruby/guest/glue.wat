;; The Ruby guest's exports, over the module of the package, with which build.sh merges this: it has no memory of its own and no stack.
;;
;; What is Ruby's business is in boot.rb. Here is what cannot be done there: to be called by the host, and to run the program so that
;; nothing of ours is below it. A handle of the package's interface is the object itself, as the host module (host.wat) makes it.
(module
  (import "ruby" "memory" (memory 0))
  (import "ruby" "ruby-init: func(args: list<string>) -> ()" (func $ruby_init (param i32 i32)))
  (import "ruby" "rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>"
    (func $eval_protect (param i32 i32) (result i32)))
  (import "ruby" "rb-funcallv-protect: func(recv: handle<rb-abi-value>, mid: u32, args: list<handle<rb-abi-value>>) -> tuple<handle<rb-abi-value>, s32>"
    (func $funcallv_protect (param i32 i32 i32 i32) (result i32)))
  (import "ruby" "rb-intern: func(name: string) -> u32" (func $intern (param i32 i32) (result i32)))

  (import "stacks" "prepare stacks" (func $prepare_stacks))
  (import "stacks" "last was discarded" (func $last_was_discarded))
  (import "stacks" "last was scanned" (func $last_was_scanned))

  ;; Where the machine stack ends: far below what Ruby lets a program use, and read only while the snapshot is made.
  (data (i32.const 64) "\80\00\00\00\05\00\00\00\88\00\00\00\08\00\00\00\90\00\00\00\06\00\00\00")
  (data (i32.const 0x80) "ruby\00\00\00\00-EUTF-8\00-e_=0\00")
  (data (i32.const 0x200) "begin eval(File.read('/boot.rb'), nil, '<internal:coderunner>'); rescue Exception; STDERR.puts $!.full_message; raise end")
  (data (i32.const 0x140) "start")
  (data (i32.const 0x148) "eval")
  (data (i32.const 0x150) "handler")
  (data (i32.const 0x158) "call")
  (data (i32.const 0x160) "probe")
  (data (i32.const 0x168) "label")
  (data (i32.const 0x170) "output")
  (data (i32.const 0x178) "main")
  (data (i32.const 0x180) "rescue")
  (data (i32.const 0x188) "collect")

  (global $boot (mut i32) (i32.const 0))
  (global $start (mut i32) (i32.const 0))
  (global $eval (mut i32) (i32.const 0))
  (global $handler (mut i32) (i32.const 0))
  (global $call (mut i32) (i32.const 0))
  ;; Address of the number of words in the main thread's stack of frames.
  (global $frames (mut i32) (i32.const 0))
  ;; What InstructionSequence.compile labels a program with, and what Ruby labels the one that it was started with.
  (global $compiled_label (mut i32) (i32.const 0))
  (global $main_label (mut i32) (i32.const 0))
  ;; Offset of the label in the body of an instruction sequence.
  (global $label_offset (mut i32) (i32.const 0))
  (global $state (mut i32) (i32.const 0))

  ;; Calls a method without arguments; the global $state is not 0 if it raised.
  (func $send (param $receiver i32) (param $method i32) (result i32)
    (local $result i32)
    (local.set $result (call $funcallv_protect (local.get $receiver) (local.get $method) (i32.const 0) (i32.const 0)))
    (global.set $state (i32.load offset=4 (local.get $result)))
    (i32.load (local.get $result)))

  (func $must_send (param $receiver i32) (param $method i32) (result i32)
    (local $result i32)
    (local.set $result (call $send (local.get $receiver) (local.get $method)))
    (if (global.get $state) (then unreachable))
    (local.get $result))

  ;; The body of the instruction sequence that an object of Ruby's wraps.
  (func $body (param $wrapper i32) (result i32)
    (local $sequence i32)
    (local.set $sequence (i32.load (i32.load offset=16 (local.get $wrapper))))
    (if (i32.ne (i32.load offset=4 (local.get $sequence)) (local.get $wrapper)) (then unreachable))
    (i32.load offset=8 (local.get $sequence)))

  ;; Finds the one execution context: the stack of frames, its size in words, and the frame at its end, which is all there is now.
  (func $find_frames (param $size i32)
    (local $at i32) (local $stack i32) (local $end i32)
    (local.set $end (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 12)))
    (loop $next
      (if (i32.eq (i32.load offset=4 (local.get $at)) (local.get $size)) (then
        (local.set $stack (i32.load (local.get $at)))
        (if (i32.eq
              (i32.load offset=8 (local.get $at))
              (i32.sub (i32.add (local.get $stack) (i32.shl (local.get $size) (i32.const 2))) (i32.const 28)))
          (then
            (if (global.get $frames) (then unreachable))
            (global.set $frames (i32.add (local.get $at) (i32.const 4)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (if (i32.eqz (global.get $frames)) (then unreachable)))

  ;; Finds where an instruction sequence has its label: twice, the one that it was made with before the one that is shown.
  (func $find_label (param $body i32)
    (loop $next
      (global.set $label_offset (i32.add (global.get $label_offset) (i32.const 4)))
      (if (i32.gt_u (global.get $label_offset) (i32.const 256)) (then unreachable))
      (br_if $next (i32.ne
        (i32.load (i32.add (local.get $body) (global.get $label_offset)))
        (global.get $compiled_label))))
    (if (i32.ne
          (i32.load offset=4 (i32.add (local.get $body) (global.get $label_offset)))
          (global.get $compiled_label))
      (then unreachable)))

  ;; Output is written as it comes, as to a terminal. `sync` would do this as well, but a program can ask for that.
  (func $write_through (param $io i32)
    (local $file i32)
    (local.set $file (i32.load offset=8 (local.get $io)))
    (if (i32.ne (i32.load (local.get $file)) (local.get $io)) (then unreachable))
    (if (i32.ne (i32.load offset=8 (local.get $file)) (i32.const 1)) (then unreachable))
    (i32.store offset=12 (local.get $file) (i32.or (i32.load offset=12 (local.get $file)) (i32.const 0x10))))

  (func (export "wizer-initialize")
    (local $program i32)
    (call $ruby_init (i32.const 64) (i32.const 3))
    (local.set $program (call $eval_protect (i32.const 0x200) (i32.const 121)))
    (if (i32.load offset=4 (local.get $program)) (then unreachable))
    (global.set $boot (i32.load (local.get $program)))
    (global.set $start (call $intern (i32.const 0x140) (i32.const 5)))
    (global.set $eval (call $intern (i32.const 0x148) (i32.const 4)))
    (global.set $handler (call $intern (i32.const 0x150) (i32.const 7)))
    (global.set $call (call $intern (i32.const 0x158) (i32.const 4)))
    (call $prepare_stacks)
    (drop (call $must_send (global.get $boot) (call $intern (i32.const 0x180) (i32.const 6))))
    (call $last_was_discarded)
    (drop (call $must_send (global.get $boot) (call $intern (i32.const 0x188) (i32.const 7))))
    (call $last_was_scanned)
    (local.set $program (call $must_send (global.get $boot) (call $intern (i32.const 0x160) (i32.const 5))))
    (global.set $compiled_label (call $must_send (local.get $program) (call $intern (i32.const 0x168) (i32.const 5))))
    (global.set $main_label (call $must_send (global.get $boot) (call $intern (i32.const 0x178) (i32.const 4))))
    (call $find_label (call $body (local.get $program)))
    (call $write_through (call $must_send (global.get $boot) (call $intern (i32.const 0x170) (i32.const 6))))
    ;; RUBY_VM_THREAD_VM_STACK_SIZE
    (call $find_frames (i32.const 0x20000)))

  ;; Runs the program. The stack of frames is said to end where it begins, or else a backtrace would end in the call to `eval`.
  (func $run_program (param $program i32)
    (local $label i32)
    (local.set $label (i32.add (call $body (local.get $program)) (global.get $label_offset)))
    (i32.store (local.get $label) (global.get $main_label))
    (i32.store offset=4 (local.get $label) (global.get $main_label))
    (i32.store (global.get $frames) (i32.sub (i32.load (global.get $frames)) (i32.const 7)))
    (drop (call $send (local.get $program) (global.get $eval)))
    (i32.store (global.get $frames) (i32.add (i32.load (global.get $frames)) (i32.const 7))))

  (func (export "run") (result i32)
    (local $program i32)
    (local.set $program (call $send (global.get $boot) (global.get $start)))
    (if (i32.eqz (global.get $state)) (then (call $run_program (local.get $program))))
    ;; What is to be done at exit; the last such block ends the instance.
    (loop $next
      (local.set $program (call $must_send (global.get $boot) (global.get $handler)))
      (drop (call $send (local.get $program) (global.get $call)))
      (br $next))
    unreachable))
