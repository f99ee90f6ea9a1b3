# The part of the guest that is Ruby: evaluated once, when the snapshot is taken. The object that it gives back is called by glue.wat.
#
# Nothing here is seen by a program: names are local variables, what is added to classes is what native Ruby has in C.

require "js"
record = JS.global # what stands for the job's record; as a string it is the record
js = JS
Object.send(:remove_const, :JS)
Dir.chdir("/sandbox")

boot = Object.new
def boot.part(path, name) = eval(File.read(path), nil, name)
limit_time = boot.part("/threads.rb", "<internal:thread>")

define = ->(name, &body) { boot.define_singleton_method(name, &body) }

# ---- what the glue looks at while the snapshot is made ----

define.(:probe) { RubyVM::InstructionSequence.compile("0", "main.rb", "/sandbox/main.rb") }
define.(:main) { RubyVM::InstructionSequence.compile_file("/usr/local/lib/ruby/3.4.0/English.rb").label }
define.(:output) { STDOUT }
define.(:rescue) do
  raise "caught"
rescue RuntimeError
  nil
end
define.(:collect) { GC.start }
# The glue compares with the first and puts the second into programs, which no reference of Ruby's says.
kept = [boot.probe.label, boot.main]
define.(:kept) { kept }

# ---- libraries ----

# What programs ask for most is loaded, and then hidden: its constants and features come back when Ruby asks for its file. What it adds to
# classes that are there anyway stays.
library = "/usr/local/lib/ruby/3.4.0/"
hidden = {}
nothing = RubyVM::InstructionSequence.compile("")
RubyVM::InstructionSequence.define_singleton_method(:load_iseq) do |path|
  constants, features = hidden[path]
  next unless constants
  constants.each { |name, value| Object.const_set(name, value) unless Object.const_defined?(name, false) }
  $LOADED_FEATURES.concat(features - $LOADED_FEATURES)
  nothing
end
prepare = lambda do |name|
  constants = Object.constants
  features = $LOADED_FEATURES.dup
  require name
  limit_time.() if name == "timeout"
  added = (Object.constants - constants).reject { |constant| Object.autoload?(constant) }.to_h { |constant| [constant, Object.const_get(constant)] }
  new_features = $LOADED_FEATURES - features
  own = new_features.reverse.find { |feature| feature.end_with?("/#{name}.rb") } or next
  # What is compiled in cannot be loaded twice: it stays.
  next if new_features.include?("#{name}.so")
  new_features.reject! { |feature| feature.end_with?(".so") }
  added.each_key { |constant| Object.send(:remove_const, constant) }
  $LOADED_FEATURES.reject! { |feature| new_features.include?(feature) }
  hidden[own] = [added, new_features - [own]]
end
# What the others need and is compiled in, and what Ruby itself needs for `pp`.
%w[etc fcntl monitor pp stringio strscan zlib].each { |name| require name }
# Errors are shown in their line by prism.
%w[
  prism timeout set json date time forwardable delegate singleton ostruct securerandom digest erb optparse shellwords English benchmark
  logger observer weakref tsort fileutils tmpdir tempfile pathname find base64 csv matrix prime uri yaml pstore open3
].each(&prepare)
Prism = hidden["#{library}prism.rb"][0][:Prism]
Prism.parse("nil.x").value.breadth_first_search { false }
Object.send(:remove_const, :Prism)

# Nobody else has the working folder.
File.define_method(:flock) { |_| 0 }

# ---- at exit ----

# Ruby runs these when the process ends, and there is none that ends.
at_exit_blocks = []
Kernel.module_eval do
  define_method(:at_exit) do |&block|
    raise ArgumentError, "called without block" unless block
    at_exit_blocks.push(block)
    block
  end
  private :at_exit
end
Kernel.define_singleton_method(:at_exit, Kernel.instance_method(:at_exit).bind(Kernel).to_proc)

report = lambda do |error|
  next if error.nil? || SystemExit === error
  # An error without a trace is one of syntax.
  if error.backtrace&.empty?
    $stderr.write("#{$0}: #{error.detailed_message(highlight: false)}\n")
  else
    $stderr.write(error.full_message(highlight: false, order: :top))
  end
end

status = lambda do |error|
  case error
  when nil then 0
  when SystemExit then error.status
  else 1
  end
end

opens_files = false
# Called after the program, and after each block: gives what to do next. What a block raised is reported at once.
failure = nil
code = nil
finish = lambda do
  [$stdout, STDOUT, $stderr].each { |io| io.flush if io.respond_to?(:flush) && !(IO === io && io.closed?) }
  # What natively happens when the process ends: files that are still open are written.
  ObjectSpace.each_object(File) { |file| file.flush unless file.closed? } if opens_files
rescue IOError, SystemCallError
  nil
ensure
  Process.exit!(code)
end

define.(:handler) do
  error = $!
  if code.nil?
    failure = error
    code = status.(error)
  elsif error && !error.equal?(failure)
    code = status.(error)
    report.(error)
    # It was the cause.
    failure = nil unless SystemExit === error
  end
  next at_exit_blocks.pop unless at_exit_blocks.empty?
  report.(failure)
  finish
end

# ---- the program ----

next_string = lambda do |bytes, at|
  length = bytes.unpack1("V", offset: at)
  [bytes.byteslice(at + 4, length), at + 5 + length]
end

define.(:start) do
  bytes = record.to_s.b
  at = 8
  entry, at = next_string.(bytes, at)
  source, at = next_string.(bytes, at)
  lists = [[], []].each do |list|
    count = bytes.unpack1("V", offset: at)
    at += 4
    count.times do
      string, at = next_string.(bytes, at)
      list << string.force_encoding(Encoding::UTF_8)
    end
  end
  ARGV.replace(lists[0])
  lists[1].each do |variable|
    name, value = variable.split("=", 2)
    ENV[name] = value
  end
  $0 = entry.force_encoding(Encoding::UTF_8)
  opens_files = source.match?(/open|File|IO|require/n)
  if (data = source.match(/^__END__(\r?\n|\z)/n))
    file = File.open(entry)
    file.seek(data.end(0))
    Object.const_set(:DATA, file)
  end
  source.force_encoding(Encoding::UTF_8)
  # Such a block would be run by the end of the process, and there is none.
  source.gsub!(/^END *\{/) { "at_exit {" } if source.include?("\nEND")
  RubyVM::InstructionSequence.compile(source, entry, "/sandbox/#{entry}", 1)
rescue SyntaxError => error
  error.set_backtrace([])
  raise
end

boot
