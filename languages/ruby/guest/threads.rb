# Threads for a Ruby that has one: others are fibers that run while it waits, in the order in which they were made, each until it waits
# itself. That is what a program with threads does where nothing interrupts them.
#
# Queues, mutexes and condition variables stay Ruby's own; only what would wait in them is written anew. Nothing here is seen by a program.

native = Thread
native_queue = native::Queue.new
native_sleep = Kernel.instance_method(:sleep).bind(self)
clock = -> { Process.clock_gettime(Process::CLOCK_MONOTONIC) }

Object.send(:remove_const, :Thread)
class Thread
  class << self
    attr_accessor :abort_on_exception, :report_on_exception
  end
end
%i[Backtrace Mutex Queue SizedQueue ConditionVariable].each { |name| Thread.const_set(name, native.const_get(name)) }
Thread.abort_on_exception = false
Thread.report_on_exception = true

state_class = Struct.new(
  :fiber, :ready, :deadline, :status, :value, :error, :interrupt, :locals, :variables, :name, :reports, :aborts, :source, :priority, :wake, :group
)
states = {}.compare_by_identity
state = ->(thread) { states[thread] or raise ThreadError, "uninitialized thread - check '#{thread.class}#initialize'" }
make = lambda do |thread, source|
  states[thread] = state_class.new(
    status: "run", locals: {}, variables: {}, reports: Thread.report_on_exception, aborts: false, source:, priority: 0
  )
end

main = Thread.allocate
make.(main, nil)
current = main
waiting = [] # all that live but the current one; first the one that has waited longest
killed = Object.new # thrown to end a thread

# The next thread to run; sleeps until one can.
choose = lambda do
  loop do
    now = clock.()
    chosen = waiting.find do |thread|
      own = states[thread]
      own.interrupt || own.ready.call || (own.deadline && own.deadline <= now)
    end
    if chosen
      waiting.delete(chosen)
      break chosen
    end
    if (soonest = waiting.filter_map { |thread| states[thread].deadline }.min)
      native_sleep.(soonest - now)
    else
      # Nothing can happen any more: Ruby finds that out itself, and says so.
      states[main].interrupt = -> { native_queue.pop }
    end
  end
end

switch = lambda do |thread|
  current = thread
  states[thread].fiber.transfer
end

# Has others run until `ready` holds or the seconds are over; whether it holds.
wait = lambda do |seconds = nil, &ready|
  me = current
  own = states[me]
  own.ready = ready
  own.deadline = seconds && clock.() + seconds
  own.status = "sleep"
  waiting.push(me)
  chosen = choose.()
  unless chosen.equal?(me)
    own.fiber = Fiber.current
    switch.(chosen)
  end
  own.status = "run"
  if (interrupt = own.interrupt)
    own.interrupt = nil
    interrupt.call
  end
  ready.call
end

finish = lambda do |thread, error|
  own = states[thread]
  own.error = error
  own.status = error ? nil : false
  return unless error
  if SystemExit === error || own.aborts || Thread.abort_on_exception
    states[main].interrupt = -> { raise error }
  end
  return if SystemExit === error || !own.reports
  $stderr.write(
    "#{thread.inspect.sub(/ \w+>\z/, " run>")} terminated with exception (report_on_exception is true):\n",
    error.full_message(highlight: false, order: :top)
  )
end

prepare = nil
start = lambda do |thread, arguments, block|
  prepare&.call
  own = states[thread]
  own.ready = -> { true }
  own.fiber = Fiber.new do
    error = nil
    begin
      own.status = "run"
      catch(killed) do
        if (interrupt = own.interrupt)
          own.interrupt = nil
          interrupt.call
        end
        own.value = thread.instance_exec(*arguments, &block)
      end
    rescue Exception => error
      error
    end
    finish.(thread, error)
    # Never comes back: at the end of a fiber the first one would go on.
    current = nil
    switch.(choose.())
  end
  waiting.push(thread)
  thread
end

# ---- Thread ----

on_class = ->(name, &body) { Thread.define_singleton_method(name, &body) }
on_thread = ->(*names, &body) { names.each { |name| Thread.define_method(name, &body) } }

on_class.(:new) do |*arguments, **options, &block|
  thread = allocate
  thread.send(:initialize, *arguments, **options, &block)
  state.(thread)
  thread
end
on_class.(:start) do |*arguments, &block|
  Kernel.raise ArgumentError, "tried to create Proc object without a block" unless block
  thread = allocate
  make.(thread, block.source_location)
  start.(thread, arguments, block)
end
Thread.singleton_class.alias_method(:fork, :start)
on_thread.(:initialize) do |*arguments, **options, &block|
  Kernel.raise ThreadError, "must be called with a block" unless block
  arguments << options unless options.empty?
  make.(self, block.source_location)
  start.(self, arguments, block)
end
Thread.send(:private, :initialize)

on_class.(:current) { current }
on_class.(:main) { main }
on_class.(:list) { [current, *waiting].sort_by { |thread| thread.equal?(main) ? 0 : 1 } }
on_class.(:pass) do
  wait.() { true } unless waiting.empty?
  nil
end
on_class.(:exit) { current.kill }
on_class.(:kill) { |thread| thread.kill }
on_class.(:stop) do
  sleep
  nil
end
on_class.(:handle_interrupt) { |*, &block| block.call }
on_class.(:pending_interrupt?) { |*| !states[current].interrupt.nil? }
on_class.(:each_caller_location) { |*arguments, &block| native.each_caller_location(*arguments, &block) }

lives = ->(thread) { thread.equal?(current) || waiting.include?(thread) }
on_thread.(:alive?) do
  # A loop that asks this waits.
  wait.() { true } if !equal?(current) && !waiting.empty?
  lives.(self)
end
on_thread.(:status) { lives.(self) ? state.(self).status : states[self].status }
on_thread.(:stop?) { !lives.(self) || state.(self).status == "sleep" }
on_thread.(:join) do |limit = nil|
  Kernel.raise ThreadError, "Target thread must not be current thread" if equal?(current)
  Kernel.raise ThreadError, "Target thread must not be main thread" if equal?(main)
  own = state.(self)
  next nil unless !lives.(self) || wait.(limit) { !lives.(self) }
  Kernel.raise own.error if own.error
  self
end
on_thread.(:value) do
  join
  state.(self).value
end
on_thread.(:kill, :terminate, :exit) do
  next self unless lives.(self)
  stop = equal?(main) ? -> { Kernel.raise SystemExit } : -> { throw killed }
  equal?(current) ? stop.call : states[self].interrupt = stop
  self
end
on_thread.(:raise) do |*arguments, **options|
  next nil unless lives.(self)
  next Kernel.raise(*arguments, **options) if equal?(current)
  arguments = [RuntimeError, "unhandled exception"] if arguments.empty?
  states[self].interrupt = -> { Kernel.raise(*arguments, **options) }
  nil
end
on_thread.(:wakeup) do
  Kernel.raise ThreadError, "killed thread" unless lives.(self)
  state.(self).wake = true
  self
end
on_thread.(:run) do
  wakeup
  Thread.pass
  self
end
on_thread.(:[]) { |key| state.(self).locals[key.to_sym] }
on_thread.(:[]=) { |key, value| value.nil? ? state.(self).locals.delete(key.to_sym) : state.(self).locals[key.to_sym] = value }
on_thread.(:key?) { |key| state.(self).locals.key?(key.to_sym) }
on_thread.(:keys) { state.(self).locals.keys }
on_thread.(:fetch) do |key, *default, &block|
  state.(self).locals.fetch(key.to_sym, *default, &block)
rescue KeyError
  Kernel.raise KeyError.new("key not found: #{key.inspect}", receiver: self, key:)
end
on_thread.(:thread_variable_get) { |key| state.(self).variables[key.to_sym] }
on_thread.(:thread_variable_set) { |key, value| state.(self).variables[key.to_sym] = value }
on_thread.(:thread_variable?) { |key| state.(self).variables.key?(key.to_sym) }
on_thread.(:thread_variables) { state.(self).variables.keys }
on_thread.(:name) { state.(self).name }
on_thread.(:name=) { |name| state.(self).name = name }
on_thread.(:priority) { state.(self).priority }
on_thread.(:priority=) { |priority| state.(self).priority = priority.clamp(-3, 3) }
on_thread.(:report_on_exception) { state.(self).reports }
on_thread.(:report_on_exception=) { |value| state.(self).reports = value ? true : false }
on_thread.(:abort_on_exception) { state.(self).aborts }
on_thread.(:abort_on_exception=) { |value| state.(self).aborts = value ? true : false }
on_thread.(:pending_interrupt?) { |*| !state.(self).interrupt.nil? }
on_thread.(:group) { lives.(self) ? ThreadGroup::Default : nil }
on_thread.(:native_thread_id) { 1 }
on_thread.(:backtrace) { |*arguments| equal?(current) ? Kernel.caller(*arguments) : (lives.(self) ? state.(self).fiber&.backtrace(*arguments) : nil) }
on_thread.(:backtrace_locations) { |*arguments| equal?(current) ? Kernel.caller_locations(*arguments) : (lives.(self) ? state.(self).fiber&.backtrace_locations(*arguments) : nil) }
on_thread.(:inspect, :to_s) do
  own = state.(self)
  name = "@#{own.name}" if own.name
  source = " #{own.source.join(":")}" if own.source
  "#{Kernel.instance_method(:to_s).bind_call(self).chomp(">")}#{name}#{source} #{status || "dead"}>"
end

# ---- what waits ----

# Only once there is a second thread: a program without keeps what Ruby has in C.
prepare = lambda do
  prepare = nil
  # A sleep that no other thread can end is Ruby's own.
  sleep_body = lambda do |seconds = (forever = true; nil)|
    raise TypeError, "can't convert #{seconds.class} into time interval" if !forever && !seconds.nil? && !seconds.respond_to?(:divmod)
    raise ArgumentError, "time interval must not be negative" if seconds && seconds < 0
    next native_sleep.(*seconds) if waiting.empty?
    before = clock.()
    own = states[current]
    own.wake = false
    wait.(seconds) { own.wake }
    (clock.() - before).round
  end
  Kernel.define_method(:sleep, &sleep_body)
  Kernel.send(:private, :sleep)
  Kernel.define_singleton_method(:sleep, &sleep_body)

  mutex_lock = Mutex.instance_method(:lock)
  Mutex.class_eval do
    define_method(:lock) do
      next self if try_lock
      next mutex_lock.bind_call(self) if owned? || waiting.empty?
      wait.() { !locked? }
      redo
    end
    define_method(:synchronize) do |&block|
      raise ThreadError, "must be called with a block" unless block
      lock
      begin
        block.call
      ensure
        unlock if owned?
      end
    end
    define_method(:sleep) do |seconds = nil|
      unlock
      begin
        Kernel.sleep(*seconds)
      ensure
        lock
      end
    end
  end

  Thread::Queue.class_eval do
    pop = instance_method(:pop)
    define_method(:pop) do |non_block = false, timeout: nil|
      raise ArgumentError, "can't set a timeout if non_block is enabled" if non_block && timeout
      next pop.bind_call(self, non_block, timeout:) if non_block || !empty? || closed? || (waiting.empty? && timeout.nil?)
      wait.(timeout) { !empty? || closed? } ? pop.bind_call(self, timeout: 0) : nil
    end
    alias_method :shift, :pop
    alias_method :deq, :pop
  end
  Thread::SizedQueue.class_eval do
    pop = instance_method(:pop)
    push = instance_method(:push)
    define_method(:pop) do |non_block = false, timeout: nil|
      raise ArgumentError, "can't set a timeout if non_block is enabled" if non_block && timeout
      next pop.bind_call(self, non_block, timeout:) if non_block || !empty? || closed? || (waiting.empty? && timeout.nil?)
      wait.(timeout) { !empty? || closed? } ? pop.bind_call(self, timeout: 0) : nil
    end
    alias_method :shift, :pop
    alias_method :deq, :pop
    define_method(:push) do |object, non_block = false, timeout: nil|
      raise ArgumentError, "can't set a timeout if non_block is enabled" if non_block && timeout
      next push.bind_call(self, object, non_block, timeout:) if non_block || size < max || closed? || (waiting.empty? && timeout.nil?)
      wait.(timeout) { size < max || closed? } ? push.bind_call(self, object) : nil
    end
    alias_method :enq, :push
    alias_method :<<, :push
  end

  sleepers = Hash.new { |all, condition| all[condition] = [] }.compare_by_identity
  Thread::ConditionVariable.class_eval do
    define_method(:wait) do |mutex, timeout = nil|
      token = Object.new
      sleepers[self].push(token)
      mutex.unlock
      begin
        woken = wait.(timeout) { !sleepers[self].include?(token) }
      ensure
        sleepers[self].delete(token)
        mutex.lock
      end
      woken ? self : nil
    end
    define_method(:signal) do
      sleepers[self].shift
      self
    end
    define_method(:broadcast) do
      sleepers[self].clear
      self
    end
  end

  Monitor.class_eval do
    enter = instance_method(:enter)
    define_method(:enter) do
      next enter.bind_call(self) if waiting.empty?
      wait.() { !mon_locked? } until try_enter
    end
    define_method(:synchronize) do |&block|
      self.enter
      begin
        block.call
      ensure
        self.exit
      end
    end
    alias_method :mon_enter, :enter
    alias_method :mon_synchronize, :synchronize
  end
end


# ---- time limits ----

# The library's own has a thread that interrupts the others. Here whoever runs looks at the clock now and then while a limit is set, and
# who sleeps sleeps no longer than that.
limits = []
expire = lambda do
  now = clock.()
  limit = limits.find { |each| each[:end] <= now } or next
  limits.delete(limit)
  raise limit[:error], limit[:message]
end
limit_sleep = lambda do
  limit_sleep = nil
  unlimited = Kernel.instance_method(:sleep)
  body = lambda do |*seconds|
    left = limits.map { |limit| limit[:end] }.min&.-(clock.())
    next unlimited.bind_call(main, *seconds) if left.nil? || (seconds[0] && seconds[0] < left)
    unlimited.bind_call(main, left) if left.positive?
    expire.()
  end
  Kernel.define_method(:sleep, &body)
  Kernel.send(:private, :sleep)
  Kernel.define_singleton_method(:sleep, &body)
end

# Called when the library has been loaded.
lambda do
  Timeout.define_singleton_method(:timeout) do |seconds, error = nil, message = nil, &block|
    next block.call(seconds) if seconds.nil? || seconds.zero?
    raise ArgumentError, "Timeout sec must be a non-negative number" if seconds.negative?
    limit_sleep&.call
    limits.push(limit = {end: clock.() + seconds, error: error || Timeout::Error, message: message || "execution expired"})
    events = 0
    trace = TracePoint.new(:line, :call, :b_call) { expire.() if ((events += 1) & 63).zero? }
    trace.enable
    begin
      block.call(seconds)
    ensure
      trace.disable
      limits.delete(limit)
    end
  end
end
