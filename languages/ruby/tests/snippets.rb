#### numbers
p 7 / 2, -7 / 2, 7 % -3, -7.remainder(2), 7.fdiv(2), 7.divmod(-2), 2**100, 2**-1, 10.pow(20, 7), 0.1 + 0.2, 1e20.to_i, 1_000_000, 0xff, 0b101, 0o17
p 3.14.round(1), 1234.567.round(-2), 2.5.round, 3.5.round, 2.5.round(half: :even), 1e100, 1.0 / 0, -1.0 / 0, (0.0 / 0).nan?, 10.digits, 255.to_s(2), "ff".hex, 5.clamp(1, 3)
p 12345678901234567890 * 98765432109876543210, (2**64).class, 100.bit_length, Integer.sqrt(10**20), 10.gcd(4), 10.lcm(4), 5.pred, 5.succ, 3.zero?, 6.even?
p Integer("42"), Integer("0x1f", 16), Float("1.5"), "12abc".to_i, "abc".to_i, Integer("z", exception: false), 65.chr, "A".ord
#### rational and complex
p 3r / 4, Rational("0.75"), 1.5.to_r, 0.1.rationalize(Rational(1, 100)), Rational(7, 3).floor, Rational(1, 3) + Rational(1, 6)
p Complex(1, 2) * Complex(3, -1), Complex("1+2i").abs2, Complex(3, 4).abs, Complex.polar(1, Math::PI / 2).real.round(10), 2i * 2i
#### string methods
s = "Hello, World"
puts s.upcase, s.downcase, s.swapcase, s.reverse, s.length, s[0, 5], s[-5..], s[/W\w+/], s.sub("World", "Ruby"), s.gsub(/o/) { |m| m.upcase }, s.tr('lo', 'xy'), s.delete("l"), s.squeeze("l"), s.count("lo")
puts s.center(30, "*"), s.ljust(20, "."), s.rjust(20), s.index("o"), s.rindex("o"), s.start_with?("Hell"), s.end_with?("d"), s.include?("lo, W"), s.each_char.first(3).inspect, s.bytes.sum
p s.partition(", "), s.scan(/o/), s.chars.tally, "a,b,,c".split(","), "a,b,,c,,".split(",", -1), " x ".strip, "abc".succ, "az".next, "Zz".succ, "a".."e", ("a".."e").to_a, "%05.1f|%-5s|%+d|%x|%08b|%e" % [3.14159, "ab", 5, 255, 37, 12345.678]
p "héllo wörld".upcase, "ÄÖ".downcase, "日本語".reverse, "日本語".bytesize, "日本語".unpack("U*"), "\u{1F600}".length, "abc".unpack("C*"), [1, 2].pack("s*"), "ab\tc\n\e\0".inspect, 'it''s', "caf\u00e9".unicode_normalize(:nfd).length
p "title case here".split.map(&:capitalize).join(" "), "snake_case_word".gsub(/_(\w)/) { $1.upcase }, "CamelCaseWord".gsub(/([A-Z])/) { "_" + $1.downcase }, "abc" <=> "abd", "a" * 3, "abc".casecmp?("ABC"), "x".eql?("x"), "x".equal?("x")
#### heredocs
name = "Ann"
puts <<~TEXT
  Dear #{name},
    indented
  bye
TEXT
puts <<-'RAW', <<~TWO
    raw #{name}
    RAW
  second
TWO
puts(<<~A.lines.map(&:strip).join("|"))
  one
  two
A
#### symbols and frozen strings
p :a.to_proc.call("x") rescue p $!.class
p %w[a b c].map(&:to_sym), :abc.length, :"with space", %i[x y], :a <=> :b, "str".to_sym.inspect
s = "lit".freeze
begin
  s << "x"
rescue FrozenError => e
  puts e.message
end
CONST = %w[a b].freeze
begin
  CONST << "c"
rescue => e
  puts e.class, e.message
end
p "a".frozen?, :a.frozen?, 1.frozen?, nil.frozen?, "a#{1}".frozen?, s.dup.frozen?, s.clone.frozen?
#### frozen string literal comment
# frozen_string_literal: true
s = "abc"
begin
  s << "d"
rescue => e
  puts e.message, e.receiver.inspect
end
#### arrays
a = [5, 3, 8, 1]
p a.sort, a.max, a.min, a.sum, a.minmax, a.sort_by { -_1 }, a.partition(&:even?), a.each_slice(2).to_a, a.each_cons(2).map { |x, y| y - x }, a.inject(:+), a.reduce { |m, x| m * x }, a.zip([1, 2, 3, 4]), a.rotate, a.take_while { it > 2 }, a.find_index(8), a.values_at(0, -1), a.each_with_index.to_a, a.each_with_object([]) { |x, m| m << x * 2 }
p [1, [2, [3, [4]]]].flatten, [1, [2, [3]]].flatten(1), [3, 1, 2].sort.reverse, [1, 2, 2, 3].uniq, [1, nil, 2].compact, [1, 2, 3, 4].group_by(&:odd?), [1, 2] | [2, 3], [1, 2] & [2, 3], [1, 2] - [2], [1, 2, 3].combination(2).to_a, [1, 2, 3].permutation(2).count, [1, 2].product([3, 4]), [[1, 2], [3, 4]].transpose, (1..10).each_slice(3).map(&:sum), [1, 2, 3].cycle.first(7)
b = *1..5
b.insert(2, :x); b.delete_at(0); b.push(9).unshift(0); p b, b.first, b.last(2), [1, 2].sample.class, b.shuffle(random: Random.new(42)), b.dig(0), b.fetch(100, :none), b.bsearch { |x| true }
begin
  b.fetch(100)
rescue IndexError => e
  puts e.message
end
first, *rest, last = [1, 2, 3, 4]
p first, rest, last, Array.new(3) { |i| i * i }, Array(nil), Array(1..3), [1, 2, 3].sum { _1 * 2.0 }, [0.1] * 3, %w[x y z].each_with_index.to_h, [1, 2, 3, 4, 5].filter_map { |x| x * 2 if x.odd? }, [1, 2, 4, 9, 10, 11].slice_when { |i, j| i + 1 != j }.to_a, [3, 1].pack("C*"), [1, 2, 3].inspect, ["a", :b, nil, 1.0].to_s
#### hashes
h = {a: 1, "b" => 2, 3 => [4], nil => nil, 1.5 => :x, "quoted key": 1, a?: 2}
p h, h[:a], h["b"], h.fetch(:zz, 0), h.key(2), h.to_a.length, h.invert[1], h.any? { |k, v| v.nil? }, h.min_by { |k, v| v.to_s }, h.sort_by { |k, v| k.to_s }.first
begin
  h.fetch(:zz)
rescue KeyError => e
  puts e.message
end
c = Hash.new { |hash, key| hash[key] = key * 2 }
c[2]; c[5]; p c, c.transform_values { _1 + 1 }, c.transform_keys(&:to_s), c.select { |k, v| v > 4 }, c.reject { |k, v| v > 4 }, c.sum { |k, v| v }, c.each_with_object({}) { |(k, v), m| m[v] = k }, c.map { |k, v| [k, v] }.to_h, c.group_by { |k, v| v.odd? }, c.merge({2 => 0}) { |k, o, n| o + n }, c.dig(2), c.default_proc.class, c.count, c.find { |k, v| v == 10 }, c.sort { |x, y| y <=> x }, c.partition { |k, v| k > 2 }
words = %w[a b a c b a]
p words.tally, words.tally.sort_by { |w, n| [-n, w] }.to_h, words.each_with_index.group_by(&:first).transform_values { |v| v.map(&:last) }
x = 1; y = 2
p({x:, y:}, {**h, z: 1}.size, h.compact.size, h.filter_map { |k, v| k if v }, {a: {b: {c: 1}}}.dig(:a, :b, :c), h.compare_by_identity.class, {b: 1, a: 2}.min, {a: 1}.eql?({a: 1}), {a: 1}.hash == {a: 1}.hash, {a: 1} <= {a: 1, b: 2})
def opts(a, b = 2, *rest, k:, o: 5, **kw, &blk) = [a, b, rest, k, o, kw, blk&.call]
p opts(1, k: 3), opts(1, 2, 3, 4, k: 1, z: 9) { :blk }, method(:opts).parameters, method(:opts).arity
begin
  opts(1)
rescue ArgumentError => e
  puts e.message
end
#### classes, modules and mixins
module Greet
  def self.included(base) = base.extend(ClassMethods)
  module ClassMethods
    def create(*args) = new(*args)
  end
  def greet = "Hi, #{name}"
end
class Animal
  include Greet
  include Comparable
  attr_accessor :name, :age
  @@count = 0
  SOUND = "..."
  class << self
    def count = @@count
    attr_reader :registry
  end
  @registry = []
  def self.inherited(sub)
    super
    (@registry ||= []) << sub.name
  end
  def initialize(name, age = 1)
    @name, @age = name, age
    @@count += 1
  end
  def <=>(other) = age <=> other.age
  def to_s = "#{self.class.name}(#{@name})"
  def speak = self.class::SOUND
  protected def secret = 42
  private
  def hidden = 1
end
class Dog < Animal
  SOUND = "Woof"
  def initialize(name, age = 2, breed: "mutt")
    super(name, age)
    @breed = breed
  end
  def speak = super + "!"
  def peek(other) = other.secret
end
d = Dog.create("Rex")
a = Animal.new("Cat", 5)
puts d, a, d.greet, d.speak, a.speak, d < a, [d, a].max, d.clamp(d, a), Animal.count, Dog.ancestors.first(4).inspect, Animal.registry.inspect, d.peek(a), d.respond_to?(:hidden), Dog.instance_methods(false).sort.inspect, d.instance_variables.inspect, Dog.superclass, d.is_a?(Greet), Dog.instance_method(:speak).owner, d.method(:greet).unbind.class
puts d.inspect.sub(/0x\h+/, "0x")
begin
  d.hidden
rescue NoMethodError => e
  puts e.message
end
begin
  d.secret
rescue NoMethodError => e
  puts e.message
end
begin
  Dog.new
rescue ArgumentError => e
  puts e.message
end
#### struct and data
Point = Struct.new(:x, :y) do
  def dist = Math.sqrt(x**2 + y**2)
  def to_s = "(#{x}, #{y})"
end
pt = Point.new(3, 4)
p pt, pt.dist, pt.to_a, pt == Point.new(3, 4), pt.eql?(Point.new(3.0, 4)), pt.to_h, pt[0], pt["y"], pt.members
puts pt
pt.x = 10
x, y = *pt
p x, y, Point.new(1), pt.each.to_a
P3 = Struct.new(:a, :b, keyword_init: true)
p P3.new(a: 1, b: 2)
begin
  P3.new(c: 1)
rescue ArgumentError => e
  puts e.message
end
Coord = Data.define(:lat, :lng) do
  def +(o) = with(lat: lat + o.lat, lng: lng + o.lng)
  def self.origin = new(0, 0)
end
c = Coord.new(lat: 1, lng: 2)
p c, c + c, c.with(lat: 9), c.to_h, Coord.origin, c == Coord.new(1, 2), c.frozen?, c.inspect, Coord.members
begin
  Coord.new(1)
rescue ArgumentError => e
  puts e.message
end
begin
  c.instance_variable_set(:@lat, 3)
rescue => e
  puts e.class
end
#### pattern matching
def check(v)
  case v
  in Integer | Float => n if n > 100 then "big #{n}"
  in Integer then "int"
  in [] then "empty"
  in [x] then "one #{x}"
  in [Integer => a, String => b, *rest] then "arr #{a} #{b} #{rest}"
  in {type: :circle, r:} then "circle #{r}"
  in {name: String => name, age: 18.. => age, **rest} then "adult #{name} #{age} #{rest}"
  in {name:, **nil} then "only #{name}"
  in [*, :needle, *post] then "found #{post}"
  in nil then "nil"
  in ^$pin then "pinned"
  else "other"
  end
end
$pin = "pin"
[500, 5, [], [1], [1, "a", 2, 3], {type: :circle, r: 2}, {name: "Al", age: 20, x: 1}, {name: "Bo"}, [0, 1, :needle, 2], nil, "pin", :zz].each { puts check(_1) }
config = {db: {user: "admin", ports: [1, 2, 3]}}
config => {db: {user:, ports: [first, *]}}
p user, first, (1 in String), ({a: 1} in {a: Integer})
begin
  case 5
  in String then 1
  end
rescue NoMatchingPatternError => e
  puts e.class, e.message
end
begin
  {a: 1} => {b:}
rescue NoMatchingPatternKeyError => e
  puts e.message, e.key.inspect
end
class Vec
  attr_reader :x, :y
  def initialize(x, y) = (@x, @y = x, y)
  def deconstruct = [x, y]
  def deconstruct_keys(keys) = {x:, y:}
end
case Vec.new(1, 2)
in {x: 0} then puts "zero"
in Vec(x:, y:) then puts x + y
end
case Vec.new(1, 2)
in Vec[a, b] then puts a, b
end
#### blocks, procs and lambdas
def twice
  return enum_for(:twice) unless block_given?
  yield 1
  yield 2
end
twice { |x| puts x }
p twice.to_a
add = ->(a, b = 10) { a + b }
p add.(1), add[1, 2], add.curry.arity, add.lambda?, proc { |a, b| [a, b] }.call([1, 2]), proc { |a| a }.call(1, 2), add.parameters
comp = method(:Integer) >> ->(x) { x * 2 } << ->(s) { s + "0" }
p comp.call("4"), %w[1 2].map(&method(:Integer)), (add >> :to_s.to_proc).call(1), add.curry[1], ->(a, b, c) { a + b + c }.curry[1][2][3]
counter = 0
inc = -> { counter += 1 }
3.times(&inc) rescue puts $!.message
3.times { inc.call }
p counter
def run = [1, 2, 3].each { |x| return x * 10 if x == 2 }
p run
begin
  ->(x) { x }.call
rescue ArgumentError => e
  puts e.message
end
pr = Proc.new { next 5; 6 }
p pr.call, [1, 2, 3].each_with_index.map { |x, i| x * i }, (1..3).each_entry.to_a
def yielder(&b) = b
p yielder.nil?, yielder { 1 }.call, binding.local_variable_defined?(:add), [[1, [2, 3]]].map { |a, (b, c)| a + b + c }
x = 10
[1].each { |i; x| x = i }
p x
#### enumerators and lazy
fib = Enumerator.new do |y|
  a, b = 0, 1
  loop { y << a; a, b = b, a + b }
end
p fib.take(10), fib.lazy.select(&:even?).map { _1 * 2 }.first(5), fib.each_with_index.first(2), fib.next, fib.next, fib.next, fib.peek
e = [1, 2].each
p e.next, e.next
begin
  e.next
rescue StopIteration => x
  puts x.message, x.result.inspect
end
p (1..Float::INFINITY).lazy.map { |x| x * 2 }.reject { |x| x % 3 == 0 }.first(4), (1..20).step(5).to_a, 1.step(10, 3).to_a, 10.downto(7).to_a, 1.0.step(2.0, 0.5).to_a, ("a".."e").each_cons(2).to_a.length, (1..3).each_with_object([]).to_a.length
gen = Enumerator.produce(1) { |x| x * 3 }
p gen.take(5), gen.lazy.map(&:to_s).first(2), Enumerator::Chain.new([1], [2]).to_a, ([1].each + [2]).inspect, e.size, loop { break 5 }, (1..3).sum, (1..3).inject(:*), 5.times.to_a, [4, 5].each.with_index(1).to_a, (1..6).each_slice(2).include?([3, 4]), e.rewind.next
p (1..3).lazy, (1..3).lazy.map {}.eager.class, (1..4).lazy.zip(5..8).to_a, (1..3).lazy.flat_map { [_1] * _1 }.to_a, (1..10).lazy.chunk_while { |a, b| b % 4 != 0 }.to_a, fib.lazy.with_index.map { |x, i| x * i }.first(3), [3, 1, 2].lazy.sort, (1..3).lazy.compact.tally
#### abandoned enumerators
sum = 0
200.times do |i|
  e = [i, i + 1, i + 2].each
  sum += e.next + e.next
end
p sum
#### exceptions
class AppError < StandardError
  attr_reader :code
  def initialize(msg = "app failed", code: 1)
    super(msg)
    @code = code
  end
end
def risky(n)
  raise AppError.new(code: 7) if n == 1
  raise ArgumentError if n == 2
  raise "plain" if n == 3
  raise TypeError, "typed" if n == 4
  Integer("x") if n == 5
  nil.upcase if n == 6
  1 / 0 if n == 7
  raise IOError.new("io"), cause: nil if n == 8
  n
rescue AppError, TypeError => e
  puts "rescued #{e.class}: #{e.message}"
  :rescued
else
  :else
ensure
  puts "ensure #{n}"
end
(0..8).each do |n|
  p risky(n)
rescue => e
  puts "outer #{e.class}: #{e.message}"
end
tries = 0
begin
  tries += 1
  raise "flaky" if tries < 3
  puts "ok after #{tries}"
rescue
  retry
end
begin
  begin
    raise "inner"
  rescue => e
    raise ArgumentError, "outer"
  end
rescue => e
  puts e.message, e.cause.message, e.cause.cause.inspect, e.backtrace.inspect, e.full_message(highlight: false)
end
def ens
  return 1
ensure
  puts "in ensure"
end
p ens, (raise "x" rescue "modifier"), (Integer("q") rescue 0)
p catch(:done) { 10.times { |i| throw :done, i if i == 3 }; :never }
begin
  throw :nope
rescue UncaughtThrowError => e
  puts e.message
end
begin
  raise Class.new(StandardError), "anon"
rescue => e
  puts e.message
end
begin
  [1, 2].frist
rescue NoMethodError => e
  puts e.message, e.name.inspect, e.receiver.inspect, e.detailed_message
end
begin
  raise "a"
rescue => e
  p e, e.exception.equal?(e), e.detailed_message, e.backtrace_locations.first.lineno, e.inspect
end
e = RuntimeError.new("boom")
p e.backtrace, e.message, e.full_message(highlight: false)
begin
  raise e, "other"
rescue => x
  p x, x.equal?(e)
end
def deep(n) = n.zero? ? raise(NotImplementedError, "todo #{n}") : deep(n - 1)
begin
  deep(2)
rescue NotImplementedError => e
  puts e.backtrace, e.class.superclass
end
#### an uncaught exception
def helper(x)
  raise ArgumentError, "bad value: #{x}"
end
class Runner
  def call = [1].each { |x| helper(x) }
end
puts "before"
Runner.new.call
#### an uncaught exception with causes
class ConfigError < StandardError; end
def load_config
  Integer("abc")
rescue ArgumentError
  raise ConfigError, "cannot load\nsecond line"
end
begin
  load_config
rescue => e
  raise "startup failed"
end
#### a method of nil
user = {name: "Ann"}
puts user[:name].upcase
puts user[:email].upcase
#### a name that does not exist
value = 5
puts valeu
#### a type error
def total(items) = items.sum { |i| i[:price] * i[:n] }
puts 1 + total([{price: 2, n: 3}])
puts 1 + "2"
#### exit codes
at_exit { puts "bye" }
begin
  exit(3)
rescue SystemExit => e
  puts "status #{e.status} #{e.success?}"
end
exit 4
#### abort
$stdout.puts "working"
abort "fatal: gave up"
#### at_exit in reverse order
at_exit { puts "first registered"; p $!.class }
at_exit { puts "second registered"; at_exit { puts "nested" } }
END { puts "END block" }
puts "main"
raise "oops"
#### at_exit changes the exit code
at_exit { exit 7 }
at_exit { puts caller.inspect; raise "in handler" }
puts "done"
#### exceptions in blocks at exit
at_exit { p $!; raise ArgumentError, "in handler" }
at_exit { $stdout.puts "still runs" }
raise "main"
#### exit in a block at exit after an exception
at_exit { exit 0 }
raise "main"
#### exit without blocks
at_exit { puts "never" }
puts "before"
$stdout.flush
exit! 5
#### a thrown object that nobody catches
throw :nobody
#### exit with an exception as its cause
begin
  raise "first"
rescue
  exit false
end
#### syntax error
def broken(
  puts "x"
end
#### a missing end
class A
  def b
    if true
      1
  end
end
#### warnings
warn "to stderr"
$stderr.puts "err"
warn "a", "b"
x = 5
x == 6
def f = warn("where", uplevel: 0)
f
puts "out"
CONST_A = 1
CONST_A = 2
#### the program itself
p __FILE__, __LINE__, __method__.inspect, __dir__ == Dir.pwd, $0, $PROGRAM_NAME, ARGV, self.to_s, self.class, __FILE__ == $0
puts "main!" if __FILE__ == $PROGRAM_NAME
def m = __method__
p m, defined?(foo), defined?(puts), defined?(String), defined?(@a), defined?(yield), local_variables
p caller, caller_locations, binding.local_variables, TOPLEVEL_BINDING.local_variables
def where = caller_locations(1, 1).first.then { [_1.path, _1.lineno, _1.label, _1.absolute_path == File.expand_path("main.rb")] }
p where
def show = puts(caller(0))
[1].each { show }
private def hidden = 1
p self.respond_to?(:hidden), hidden
return
puts "never"
#### data at the end
DATA.each_line.with_index(1) { |l, i| puts "#{i}: #{l}" }
p DATA.class
__END__
first
second
third
#### standard input
name = gets
puts "first: #{name.inspect}"
puts $stdin.gets.chomp, STDIN.readline
puts ARGF.gets.inspect
rest = $stdin.read
p rest.lines.size, gets, $<.class, STDIN.eof?
#### standard input, line by line
while (line = gets)
  puts line.chomp.reverse
end
p $., gets
#### standard input as numbers
p readlines.map(&:chomp).map(&:length), $stdin.each_line.to_a
#### metaprogramming
class Ghost
  def method_missing(name, *args, **kw, &blk)
    return super unless name.to_s.start_with?("find_by_")
    "#{name} #{args} #{kw}"
  end
  def respond_to_missing?(n, p = false) = n.to_s.start_with?("find_by_") || super
  [:a, :b].each { |n| define_method("get_#{n}") { |x = 1| "#{n}#{x}" } }
  %w[on off].each_with_index { |s, i| const_set(s.upcase, i) }
end
g = Ghost.new
p g.find_by_name("x", k: 1), g.respond_to?(:find_by_q), g.get_a, g.get_b(5), Ghost.constants.sort, g.method(:find_by_z).call, Ghost.instance_methods(false).sort
begin
  g.other
rescue NoMethodError => e
  puts e.message
end
p g.public_send(:get_a, 2), g.instance_eval { @v = 5 }, g.instance_variable_get(:@v), Ghost.class_eval { def extra = :extra; self }.new.extra, g.singleton_methods, g.define_singleton_method(:solo) { :solo }, g.solo, g.singleton_class.instance_methods(false)
o = Object.new
class << o
  attr_accessor :z
  def to_s = "special"
end
o.z = 1
puts o, o.z, Object.const_get(:Ghost), Ghost.name, Class.new.name.inspect, Module.new { def self.x = 1 }.x
String.class_eval { def shout = upcase + "!" }
puts "hi".shout
module Tracked
  def self.prepended(b) = puts("prepended to #{b}")
  def work = "[" + super + "]"
end
class Job
  prepend Tracked
  def work = "job"
end
puts Job.new.work, Job.ancestors.first(2).inspect, Job.instance_method(:work).owner, Job.new.method(:work).super_method.owner
p ObjectSpace.respond_to?(:each_object), eval("1 + 2"), binding.eval("g.class"), Ghost.instance_method(:get_a).bind(g).call, send(:format, "%d", 3), 5.instance_of?(Integer), Integer === 5, (1..3) === 2, /a/ === "cat", Comparable.instance_of?(Module)
tp = []
trace = TracePoint.new(:call) { |t| tp << t.method_id }
trace.enable { g.get_a; Job.new.work }
p tp
#### refinements
module Shout
  refine String do
    def shout = upcase + "!"
    def length = 99
  end
end
begin
  "x".shout
rescue NoMethodError => e
  puts e.message
end
using Shout
puts "x".shout, "abc".length, ["a"].map(&:shout).inspect
#### comparable and enumerable of one's own
class NumberList
  include Enumerable
  def initialize(*n) = @n = n
  def each(&) = (@n.each(&); self)
end
l = NumberList.new(3, 1, 2)
p l.sort, l.map { _1 * 2 }, l.include?(2), l.min, l.reduce(:+), l.first, l.first(2), l.each_slice(2).to_a, l.sort_by { -_1 }, l.to_set.class, l.lazy.map { _1 + 1 }.to_a, l.each_with_index.to_a, l.inject { |a, b| a * b }, l.entries, l.zip(l), l.min_by { -_1 }, l.sum, l.each_entry.to_a, l.chunk_while { |a, b| b == a + 1 }.to_a, l.tally, l.to_a
Version = Struct.new(:major, :minor) do
  include Comparable
  def <=>(o) = to_a <=> o.to_a
end
p Version.new(1, 2) < Version.new(1, 10), [Version.new(2, 0), Version.new(1, 5)].min.to_a, Version.new(1, 1).between?(Version.new(1, 0), Version.new(2, 0)), Version.new(1, 1) == Version.new(1, 1)
begin
  Version.new(1, 1) < 5
rescue => e
  puts e.class, e.message.sub(/#<.*>/, "v")
end
#### fibers
f = Fiber.new do |x|
  puts "got #{x}"
  y = Fiber.yield x * 2
  puts "got #{y}"
  z = Fiber.yield y * 2
  :done
end
p f.resume(1), f.resume(10), f.alive?, f.resume(0), f.alive?
begin
  f.resume
rescue FiberError => e
  puts e.class, e.message
end
gen = Fiber.new { 3.times { |i| Fiber.yield i }; nil }
while (v = gen.resume)
  print v, " "
end
puts
p Fiber[:x], (Fiber[:x] = 1), Fiber.new { Fiber[:x] }.resume
f = Fiber.new { raise "inside" }
begin
  f.resume
rescue => e
  puts e.message, e.backtrace
end
#### threads
results = []
threads = 3.times.map { |i| Thread.new(i) { |n| results << n * n; n } }
p threads.map(&:value), results.sort, threads.all? { |t| !t.alive? }, threads.first.status
m = Mutex.new
count = 0
10.times.map { Thread.new { 100.times { m.synchronize { count += 1 } } } }.each(&:join)
p count, m.locked?, Thread.current == Thread.main, Thread.new {}.join.class
t = Thread.new { Thread.current[:name] = "w"; Thread.current.report_on_exception = false; raise "in thread" }
begin
  t.join
rescue => e
  puts "caught #{e.message}"
end
p t[:name], t.status, t.alive?
q = Queue.new
producer = Thread.new { 3.times { |i| q << i; sleep 0.01 }; q << :done }
consumer = Thread.new { items = []; while (x = q.pop) != :done; items << x; end; items }
p consumer.value, q.empty?, q.size
a = Thread.new { sleep 0.05; :slow }
b = Thread.new { :fast }
p b.value, a.join(0.001), a.value
#### threads waiting for each other
mutex = Mutex.new
ready = ConditionVariable.new
items = []
consumer = Thread.new do
  mutex.synchronize do
    ready.wait(mutex) while items.empty?
    puts "consumed #{items.shift}"
  end
end
producer = Thread.new do
  mutex.synchronize { items << :apple; ready.signal }
end
[consumer, producer].each(&:join)
sized = SizedQueue.new(2)
log = []
writer = Thread.new { 5.times { |i| sized.push(i); log << "w#{i}" }; sized.close }
reader = Thread.new { while (v = sized.pop); log << "r#{v}"; end }
[writer, reader].each(&:join)
p log.grep(/w/).size, log.grep(/r/), sized.closed?
lazy = Thread.new { Thread.stop; :woken }
Thread.pass until lazy.stop?
lazy.run
p lazy.value, Thread.list.size
k = Thread.new { begin; sleep; ensure; puts "cleanup"; end }
Thread.pass until k.stop?
k.kill
k.join
p k.alive?, k.status
require "monitor"
mon = Monitor.new
mon.synchronize { mon.synchronize { puts "reentrant" } }
th = Thread.new { Thread.current.thread_variable_set(:v, 1); Thread.current.thread_variable_get(:v) }
p th.value, Thread.current.name, Thread.new { Thread.current.name = "n"; Thread.current.name }.value
begin
  m = Mutex.new
  m.lock
  m.lock
rescue ThreadError => e
  puts e.message
end
#### timeouts
require "timeout"
begin
  Timeout.timeout(0.05) { sleep 5 }
rescue Timeout::Error => e
  puts e.class, e.message
end
p Timeout.timeout(5) { :quick }
begin
  Timeout.timeout(0.05, ArgumentError) { sleep }
rescue ArgumentError => e
  puts e.message
end
begin
  Timeout.timeout(0.05) { loop { 1 + 1 } }
rescue Timeout::Error => e
  puts e.message
end
#### sets
require "set"
s = Set[3, 1, 2]
p s, s.include?(1), s | [5], s & [1, 9], s - [1], s ^ [1, 7], s.subset?(Set[1, 2, 3, 4]), s.add?(1), s.add?(4).class, s.to_a.sort, s.group_by(&:odd?), Set.new([1, 2]).map { _1 * 2 }.class, s == Set[1, 2, 3, 4], s.inspect, s.disjoint?([100]), Set[1, [2]].flatten, s.min, s.partition(&:even?), s.delete(1).size, s.each_slice(2).to_a, SortedSet rescue puts $!.class
#### json
require "json"
data = {"name" => "Ann", tags: ["a", "b\n\"q\""], nested: {x: 1.5, y: nil, z: [true, false]}, "ünï" => "日本"}
puts data.to_json, JSON.generate(data), JSON.pretty_generate(data)
back = JSON.parse(data.to_json, symbolize_names: true)
p back, JSON.parse('[1, 2.5, "x", null, true, 1e3, -0]'), JSON.parse('{"a":{"b":[]}}').dig("a", "b"), "str".to_json, nil.to_json, [1, nil].to_json, 1.0.to_json, JSON.dump({a: 1}), JSON.parse("2")
begin
  JSON.parse('{"a": }')
rescue JSON::ParserError => e
  puts e.class
end
class Pt
  def initialize(x) = @x = x
  def to_json(*a) = {x: @x}.to_json(*a)
end
puts [Pt.new(1)].to_json, JSON.pretty_generate([]), JSON.pretty_generate({}), JSON.generate("a/b</script>\u2028")
begin
  JSON.generate(0.0 / 0)
rescue => e
  puts e.class
end
#### date and time
require "date"
require "time"
d = Date.new(2024, 2, 29)
puts d, d + 1, d >> 12, d.strftime("%a %d %b %Y %j %U"), d.leap?, d.cwday, d.yday, (Date.new(2024, 12, 25) - d).to_i, d.next_month, d.saturday?, Date.parse("3rd Feb 2001"), Date.valid_date?(2023, 2, 29), d.iso8601, (d..d + 3).map(&:day).inspect, Date.strptime("12/31/2023", "%m/%d/%Y"), d.cweek, d.ajd, d.inspect
t = Time.utc(2024, 2, 29, 13, 5, 9.5)
puts t, t.iso8601(3), t + 86400, t.strftime("%Y-%m-%d %H:%M:%S.%L %p %I %z %Z %s %-d %e %A"), t.monday?, t.to_f, Time.at(0).utc, Time.parse("2020-01-01 12:00:00 UTC").to_i, Time.gm(2000).yday, (Time.utc(2025) - t).class, t.to_a.inspect, t.round.usec, Time.iso8601("2024-01-01T00:00:00+02:00").utc, t.inspect, Time.new(2024, 1, 1, 0, 0, 0, "+09:00"), t.httpdate, t.rfc2822
dt = DateTime.new(2024, 1, 2, 3, 4, 5)
puts dt, dt.to_time.utc, dt.strftime("%H:%M"), DateTime.parse("2024-01-01T10:00:00+01:00"), t.to_date, Time.now.year > 2000, Time.now.utc_offset, Time.now.zone
begin
  Date.new(2023, 2, 30)
rescue Date::Error => e
  puts e.message
end
#### csv
require "csv"
text = "name,age\nAnn,30\n\"Bo \"\"B\"\"\",25\n"
CSV.parse(text, headers: true).each { |r| puts "#{r["name"]}: #{r["age"].to_i + 1}" }
p CSV.parse("a,b\n1,\n"), CSV.generate { |c| c << [1, "x,y", nil]; c << ["q\"", 2] }, ["a", "b c"].to_csv, "1,2".parse_csv, CSV.parse(text, headers: true, header_converters: :symbol, converters: :numeric).map(&:to_h)
File.write("t.csv", text)
p CSV.read("t.csv", headers: true)["age"], CSV.foreach("t.csv").to_a.length, CSV.table("t.csv").by_col[:age]
#### erb and templates
require "erb"
items = %w[x y]
puts ERB.new(<<~T, trim_mode: "-").result(binding)
  <ul>
  <%- items.each do |i| -%>
    <li><%= i %></li>
  <%- end -%>
  </ul>
  <%# comment %>
T
puts ERB::Util.html_escape("<a & 'b'>"), ERB::Util.url_encode("a b&c")
puts format("%-10s|%5.2f|%03d|%s|%p|%%|%c|%o|%#x|%+.1e", "ab", 3.14159, 7, :sym, nil, "z", 8, 255, 12345.678), format("%<a>d %{b}", a: 1, b: 2)
#### option parser
require "optparse"
opts = {}
parser = OptionParser.new do |o|
  o.banner = "Usage: x [options]"
  o.on("-v", "--[no-]verbose", "Be loud") { |v| opts[:verbose] = v }
  o.on("-n", "--name NAME", String, "Name") { |v| opts[:name] = v }
  o.on("--count N", Integer) { |v| opts[:count] = v }
end
rest = parser.parse(%w[-v --name Bob --count 3 file.txt])
p opts, rest
puts parser.help
begin
  parser.parse(%w[--bogus])
rescue OptionParser::InvalidOption => e
  puts e.message
end
begin
  parser.parse(%w[--count abc])
rescue OptionParser::InvalidArgument => e
  puts e.message
end
#### stringio, capture and delegation
require "stringio"
io = StringIO.new("a\nb\nc")
p io.gets, io.read, io.eof?, io.rewind, io.each_line.map(&:chomp), io.string.size
old = $stdout
$stdout = StringIO.new
puts "captured"
print 1, 2
s = $stdout.string
$stdout = old
p s
require "forwardable"
class Q
  extend Forwardable
  def_delegators :@a, :push, :size, :first
  def_delegator :@a, :shift, :take
  def initialize = @a = []
end
q = Q.new
q.push(1); q.push(2)
p q.size, q.take, q.first
require "delegate"
class Deco < SimpleDelegator
  def extra = "#{__getobj__.size} items"
end
p Deco.new([1, 2]).extra, Deco.new([3, 1]).sort
require "singleton"
class Conf
  include Singleton
  attr_accessor :v
end
Conf.instance.v = 5
p Conf.instance.v, Conf.instance.equal?(Conf.instance)
begin
  Conf.new
rescue NoMethodError => e
  puts e.message
end
require "ostruct"
os = OpenStruct.new(a: 1)
os.b = 2
p os, os.a + os.b, os[:a], os.respond_to?(:b), os.to_h, os.dig(:a), os.zzz
#### observer
require "observer"
class Ticker
  include Observable
  def tick(v)
    changed
    notify_observers(Time.at(0).utc.year, v)
  end
end
class Watcher
  def update(t, v) = puts("#{t}: #{v}")
end
t = Ticker.new
t.add_observer(Watcher.new)
t.tick(5)
p t.count_observers
#### digests and encodings
require "digest"
require "base64"
require "securerandom"
require "zlib"
puts Digest::MD5.hexdigest("a"), Digest::SHA256.hexdigest("a"), Digest::SHA1.base64digest("a"), Digest::SHA512.new.update("a").hexdigest[0, 20], Base64.encode64("hello world" * 8), Base64.strict_encode64("hi"), Base64.urlsafe_decode64("aGk="), ["hi"].pack("m0"), Zlib.crc32("abc"), Zlib::Inflate.inflate(Zlib::Deflate.deflate("x" * 100)).size
p SecureRandom.hex(4).size, SecureRandom.uuid =~ /\A\h{8}-(\h{4}-){3}\h{12}\z/, SecureRandom.random_number(10).between?(0, 9), SecureRandom.alphanumeric(5).size, SecureRandom.hex == SecureRandom.hex
p "é".encoding, "é".force_encoding("BINARY").length, "é".encode("ISO-8859-1").bytes, "\xff".valid_encoding?, "a\xffb".scrub("?"), "é".encode("UTF-16LE").bytesize, Encoding.default_external, __ENCODING__, "caf\xC3\xA9".b.length, "abc".encode("UTF-8", "ISO-8859-1")
begin
  "é".encode("US-ASCII")
rescue => e
  puts e.class, e.message
end
begin
  "\xff" =~ /x/
rescue => e
  puts e.class, e.message
end
#### random numbers
r = Random.new(42)
p r.rand(100), r.rand, r.rand(1..6), r.bytes(3).bytes, [1, 2, 3, 4, 5].shuffle(random: Random.new(1)), [1, 2, 3].sample(random: Random.new(3))
srand(5)
a = [rand(100), rand(100)]
srand(5)
p a == [rand(100), rand(100)], rand(1.0).between?(0, 1), Random.rand(3).between?(0, 2), Random.new.seed == Random.new.seed, Kernel.rand(10) < 10
#### regular expressions
s = "John Smith <john@example.com>, Jane Doe <jane@test.org>"
p s.scan(/(\w+) (\w+) <([^>]+)>/), s =~ /Smith/, $~[0], $`, $'.length, s[/<(.+?)>/, 1], s.match(/(?<first>\w+) (?<last>\w+)/).named_captures, s.match?(/zzz/), s.gsub(/(\w+)@(\w+)/, '\2 at \1'), s.sub(/(?<n>\w+)/, '[\k<n>]'), s.split(/,\s*/), "a1b22".gsub(/\d+/) { |m| (m.to_i * 2).to_s }, "x-y_z".tr("-_", "  "), "2024-01-02".match(/(\d+)-(\d+)-(\d+)/).captures.map(&:to_i), "aaa".gsub(/a/, "a" => "b"), "test" !~ /x/
if "key: val" =~ /(?<k>\w+): (?<v>\w+)/
  p $~[:k], Regexp.last_match(:v)
end
if /(?<year>\d+)-(?<mon>\d+)/ =~ "2024-05"
  p year, mon
end
p "foo.bar" =~ /\./, "Line1\nLine2"[/^Line2$/], "a\nb" =~ /a.b/m, "ABC" =~ /abc/i, /a b # comment
  c/x.match?("abc"), Regexp.escape("a.b*c"), Regexp.union("a.b", /c/), "ééé".scan(/é/).size, "foobar"[/foo(?=bar)/], "price: $10"[/(?<=\$)\d+/], "aabb".scan(/(.)\1/), "日本" =~ /\p{Han}/, "x".match(/(y)?/)[1], "%s" % /a/i, (/(a)(?<n>b)/ rescue 0).class, "The Cat".swapcase[/\A[a-z]+/], "path/to".split("/", 2), "a,b;c".split(/[,;]/), "abc".each_char.with_index.map { |c, i| c * i }.join
begin
  Regexp.new("(")
rescue RegexpError => e
  puts e.message
end
#### files and folders
File.write("a.txt", "one\ntwo\nthree\n")
p File.read("a.txt"), File.readlines("a.txt", chomp: true), File.size("a.txt"), File.exist?("zz"), File.file?("a.txt"), File.directory?("."), File.extname("x.tar.gz"), File.basename("/a/b.rb", ".rb"), File.dirname("/a/b.rb"), File.join("a", "b"), File.split("/a/b")
File.open("a.txt", "a") { |f| f.puts "four"; f.print "five", "\n"; f << "six" << "\n"; f.write("x", 1) }
File.foreach("a.txt").with_index { |l, i| print i, l }
puts
File.open("a.txt", "r+") { |f| f.seek(4); p f.read(3), f.pos, f.eof?, f.lineno, f.gets, f.readline; f.rewind; p f.getc, f.readchar, f.each_line.count }
Dir.mkdir("d")
File.write("d/x.rb", "X = 1")
File.rename("a.txt", "d/b.txt")
p Dir.children("d").sort, Dir.glob("d/*.rb"), Dir["**/*"].sort, Dir.exist?("d"), Dir.entries("d").sort
begin
  File.read("nope.txt")
rescue Errno::ENOENT => e
  puts e.message, e.class
end
begin
  Dir.rmdir("d")
rescue SystemCallError => e
  puts e.class
end
require "fileutils"
FileUtils.mkdir_p("p/q/r")
FileUtils.cp("d/x.rb", "p/q/y.rb")
FileUtils.rm_rf("d")
p Dir["**/*"].sort, File.stat("p/q/y.rb").size, File.expand_path("~x", "/") rescue p $!.class
require "tempfile"
Tempfile.create("foo") { |f| f.write("hi"); f.flush; p File.read(f.path), File.basename(f.path).start_with?("foo") }
require "pathname"
pa = Pathname.new("p") + "q"
p pa, pa.exist?, pa.children.map(&:to_s), pa.parent, pa.join("y.rb").extname, Pathname("a/../b").cleanpath
require "tmpdir"
Dir.mktmpdir { |dir| File.write(File.join(dir, "f"), "1"); p Dir.children(dir) }
require "find"
p Find.find("p").to_a
f = File.open("unclosed.txt", "w")
f.write "kept"
begin
  f.read
rescue IOError => e
  puts e.message
end
f.close
begin
  f.write "x"
rescue IOError => e
  puts e.message
end
#### require of one's own files
File.write("lib_a.rb", "module LibA\n  def self.hi = \"hi from \#{__FILE__.sub(__dir__, '.')}\"\n  def self.fail = raise(\"in lib\")\nend\n")
p require_relative("lib_a"), require_relative("lib_a"), require("./lib_a"), LibA.hi
File.write("lib_b.rb", "LIB_B = 1\n")
$LOAD_PATH.unshift(".")
p require("lib_b"), LIB_B, load("lib_b.rb")
begin
  require "no_such_lib"
rescue LoadError => e
  puts e.message, e.path
end
autoload :LibC, "./lib_c.rb"
File.write("lib_c.rb", "LibC = :loaded")
p autoload?(:LibC), LibC
require_relative "missing"
#### an exception in a required file
File.write("lib.rb", "def fail_here\n  raise 'deep'\nend\nputs caller(0)\n")
require_relative "lib"
fail_here
#### deep recursion
def f(n) = 1 + f(n + 1)
begin
  f(0)
rescue SystemStackError => e
  puts e.class, e.message
end
def g(n) = [n].each { |x| g(x + 1) }
begin
  g(0)
rescue SystemStackError => e
  puts e.message
end
h = Hash.new { |hash, k| hash[k] = k < 2 ? k : hash[k - 1] + hash[k - 2] }
p h[500] % 1000
def depth(n) = n == 0 ? 0 : 1 + depth(n - 1)
p depth(5000)
a = []
a << a
p a, a.inspect, a.flatten rescue puts $!.message
#### uncaught deep recursion
def f(n) = f(n + 1)
begin
  f(0)
rescue SystemStackError => e
  p e.backtrace.size > 1000, e.backtrace.last
  raise "too deep", cause: nil
end
#### objects and memory
p ObjectSpace.count_objects.key?(:TOTAL), GC.start, GC.count.class, GC.stat.key?(:count), GC.disable, GC.enable, GC.stress
class Foo; end
foos = 3.times.map { Foo.new }
p ObjectSpace.each_object(Foo).count, foos.map(&:object_id).uniq.size
require "weakref"
w = WeakRef.new(foos)
p w.weakref_alive?, w.size, ObjectSpace::WeakMap.new.class
a = "x" * 100
200.times { a += "y" * 1000 }
p a.size, (1..50_000).map { |i| "s#{i}" }.last, Array.new(1000) { Array.new(100) { rand } }.flatten.size
o = Object.new
p o.dup.equal?(o), o.clone(freeze: true).frozen?, Marshal.load(Marshal.dump([1, "a", {b: 2.5}, :s, nil, 2**70])), o.itself.equal?(o), o.then { 1 }, o.tap { }.equal?(o), [o, o].uniq.size, o.hash == o.hash, 1.hash == 1.hash, o.instance_of?(Object)
#### big numbers
f = (1..100).inject(:*)
puts f, f.to_s.length, f.digits.sum, 2**200, (2**200).to_s(36), 3**300 % 1000007, (10**50).pow(10**20, 97), -(2**70) >> 3, (2**70) & (2**69 + 5), (2**100).to_f, Integer.sqrt(2**101), (10**30) / 7, (10**30).fdiv(7), 123456789**5, "9" * 30 == (10**30 - 1).to_s, 0x1fffffffffffffff + 1, 4611686018427387904, -4611686018427387905, 1073741823 + 1, 2**31, 2**32 * 2**32
#### math and floats
include Math
p sqrt(2), PI, E, sin(1), cos(1), tan(1), atan2(1, 2), log(10), log2(8), log10(1000), exp(1).round(10), hypot(3, 4), cbrt(27), gamma(5), erf(1), 2 ** 0.5, 10.0.floor, -1.5.ceil, 1.23456.floor(2), 1e-10, 123456789.123456789, 1e15, 1e16, 100.0, 1.0e-5, 0.1 * 3, 1.1 - 1.0, 5e-324, 1.7976931348623157e308, 3.7 % 1, -3.7.truncate, 3.99.to_i, 0.5.to_r, 1.0.eql?(1), 1 == 1.0, 1.0.next_float, Float::EPSILON, Float::MAX, Float::DIG, 1e3.to_i, 12.34.divmod(5), 1.5.rationalize, 10.0 / 3
begin
  sqrt(-1)
rescue Math::DomainError => e
  puts e.message
end
#### control flow
i = 0
i += 1 while i < 10
until i == 5 do i -= 1 end
begin i += 10 end while i < 0
for a, b in [[1, 2], [3, 4]] do puts a + b end
p i, a, (1..10).each { |x| next if x.odd?; break x * 100 if x > 5 }, [1, 2, 3].each_with_index { |x, j| }, (if false then 1 end), (puts "x" unless true), (5 if i > 100), (i > 3 and i < 50), (not true), (nil or 5), (1..3).flip rescue p $!.class
x = case 7
    when 1..5 then "low"
    when ->(n) { n > 6 } then "lambda"
    end
p x, (case "hello" when /^h/ then $~[0] end), (case when i == 15 then :fifteen else :no end), [*1..3, *"a".."c"], (redo_count = 0)
1.upto(3) { |n| print n }
3.step(9, 3) { |n| print n, "," }
puts
y = [1, 2, 3].each do |n|
  redo_count += 1
  redo if redo_count == 2
end
p y, redo_count, __LINE__, BasicObject.instance_methods.sort.first(3), (a ||= 3), (b &&= 9), nil.to_a, [nil, 1, false].compact, nil & true, 5.then { _1 + 1 }, (1 if (1 == 1)..(2 == 3))
puts [1, [2, [nil, 3]], []].to_s, nil.to_s.empty?, [nil].to_s, [[], [nil]].inspect
puts [1, [2, [nil, 3]]], nil, [], [[]]
print "a", "b", 1, nil, :c, "\n"
p
p 1, 2
pp({a: 1, b: [1, 2]})
puts "é".inspect, :"é".inspect, "\u0001\u{10ffff}".inspect, "#{1}#{"nested #{2}"}"
$, = nil
puts [1, 2, 3].join, "%.2f" % 2.675, "%5s%%" % 50, 1234567.89.to_s.reverse.gsub(/(\d{3})(?=\d)/, '\1,').reverse
BEGIN { puts "BEGIN block" }
#### operators and conversions
class Money
  attr_reader :c
  def initialize(c) = @c = c
  def +(o) = Money.new(c + o.c)
  def -@ = Money.new(-c)
  def [](i) = c.digits[i]
  def ==(o) = o.is_a?(Money) && c == o.c
  alias eql? ==
  def hash = c.hash
  def to_s = format("$%.2f", c / 100.0)
  def coerce(n) = [Money.new(n), self]
  def to_str = to_s
  def <=>(o) = c <=> o.c
  def !~(o) = true
  def call(x) = c * x
  def to_proc = ->(x) { x + c }
  def each = yield(c)
  def =~(o) = 5
end
m = Money.new(150)
puts m + m, -m, m[0], m == Money.new(150), {m => 1}[Money.new(150)], "Total: " + m, m.(2), [1, 2].map(&m).inspect, (m =~ 1), m.equal?(m), [m, Money.new(1)].min_by(&:c)
a, (b, *c), d = 1, [2, 3, 4], 5
p a, b, c, d, [[1, 2], [3, 4]].to_h { |x, y| [x, y * 2] }, Integer === 3, 5 <=> "a", 1.eql?(1.0), "5" + 5.to_s, "5" * 3, [1, 2] * ",", [[1, :a]].each { |n, s| }
begin
  5 + nil
rescue TypeError => e
  puts e.message
end
begin
  [1, "a"].sort
rescue ArgumentError => e
  puts e.message
end
begin
  Integer([1])
rescue TypeError => e
  puts e.message
end
begin
  Float("abc")
rescue ArgumentError => e
  puts e.message
end
#### yaml
require "yaml"
y = {"name" => "x", "list" => [1, 2.5, nil, true], "nested" => {"a" => "multi\nline", :sym => :val}, "date" => "2024-01-01"}
puts y.to_yaml
p YAML.load("a: 1\nb:\n  - x\n  - y: [1, 2]\nc: 'q'\nd: ~\n"), YAML.load(y.to_yaml, permitted_classes: [Symbol]), YAML.dump([1, "two"])
begin
  YAML.load("a: [1")
rescue Psych::SyntaxError => e
  puts e.class
end
#### logger, pstore and benchmark
require "logger"
l = Logger.new($stdout)
l.formatter = proc { |sev, time, prog, msg| "#{sev}: #{msg}\n" }
l.info("hello"); l.debug { "lazy" }; l.level = Logger::WARN; l.info("hidden"); l.error(RuntimeError.new("e"))
require "pstore"
s = PStore.new("d.pstore")
s.transaction { s[:a] = [1, 2] }
p s.transaction(true) { s[:a] }
require "benchmark"
t = Benchmark.realtime { 1000.times { } }
p t >= 0, Benchmark.measure { 1 }.class, Process.clock_gettime(Process::CLOCK_MONOTONIC).class
require "shellwords"
p "a 'b c' d".shellsplit, Shellwords.escape("it's")
require "English"
"x" =~ /x/
p $PROGRAM_NAME, $MATCH
require "tsort"
class Deps
  include TSort
  def initialize(h) = @h = h
  def tsort_each_node(&) = @h.each_key(&)
  def tsort_each_child(n, &) = @h[n].each(&)
end
p Deps.new({1 => [2, 3], 2 => [3], 3 => []}).tsort
require "prime"
p Prime.first(10), 84.prime_division, 97.prime?, Prime.lazy.select { _1 % 4 == 1 }.first(3)
require "matrix"
p Matrix[[1, 2], [3, 4]].determinant, Matrix[[1, 2], [3, 4]] * Vector[1, 1], Matrix.identity(2)
require "uri"
u = URI.parse("https://user@example.com:8080/p/a?q=1&r=x%20y#frag")
p u.host, u.port, u.path, u.query, u.fragment, URI.decode_www_form(u.query), URI.encode_www_form(a: 1, b: "x y"), URI.join("http://a/b/", "c").to_s
#### unit tests
require "minitest/autorun"
class TestMath < Minitest::Test
  def test_add = assert_equal(4, 2 + 2)
  def test_raise = assert_raises(ZeroDivisionError) { 1 / 0 }
end
Minitest.after_run { puts "after" }
Minitest.seed = 1
module Minitest
  class SummaryReporter
    def start = super
    def report = io.puts("#{count} runs, #{assertions} assertions, #{failures} failures")
  end
  class ProgressReporter
    def record(r) = nil
  end
end
#### environment and constants
p ENV.fetch("NOPE", "d"), RUBY_ENGINE, RUBY_VERSION.start_with?("3.4."), RUBY_COPYRIGHT.class, $;.inspect, $,.inspect, $/.inspect, __ENCODING__, $VERBOSE, $DEBUG, $-w, $stdout.fileno, $stdin.tty?, $stdout.sync, $stderr.sync, $stdout.external_encoding
ENV["X"] = "1"
p ENV["X"], ENV.delete("X"), ENV["X"], ENV.to_h.class, Dir.pwd == File.expand_path("."), File.absolute_path("x") == File.join(Dir.pwd, "x"), Process.pid.class, Process.clock_gettime(Process::CLOCK_REALTIME) > 1e9, $$ == Process.pid
p Signal.list.key?("INT"), trap("INT") { }, [Integer::MAX] rescue puts $!.message
p Gem::Version.new("1.10") > Gem::Version.new("1.9"), defined?(DidYouMean), defined?(JSON), defined?(Date), Set.new([1]).size, defined?(ERB), defined?(CSV), defined?(BigDecimal), $LOADED_FEATURES.size > 20, Object.const_defined?(:Timeout)
sleep 0.01
p sleep(0), $?.inspect, (system("true") rescue $!.class)
#### iterating with external state
class Tree
  include Enumerable
  Node = Struct.new(:v, :l, :r)
  def initialize = @root = nil
  def add(v)
    @root = insert(@root, v)
    self
  end
  def insert(n, v)
    return Node.new(v) unless n
    v < n.v ? n.l = insert(n.l, v) : n.r = insert(n.r, v)
    n
  end
  def each(&b)
    return to_enum unless b
    walk(@root, &b)
  end
  def walk(n, &b)
    return unless n
    walk(n.l, &b)
    b.call(n.v)
    walk(n.r, &b)
  end
end
t = Tree.new
[5, 2, 8, 1, 9].each { t.add(_1) }
p t.to_a, t.each_slice(2).to_a, t.each.next, t.lazy.map { _1 * 2 }.first(2), t.min, t.include?(8), t.each_cons(2).all? { |a, b| a < b }
e = t.each
loop { print e.next, " " }
puts
p t.zip(t.each.lazy), t.each_with_index.to_a.last
#### dots, ranges and steps
p (1..10) % 3, (1..10).step(3).to_a, ("a".."zz").count, (1...10).size, (1..), (..5).include?(3), (1..nil).first(2), Range.new(1, 5, true), (0.5..2).include?(1), ("a".."f").step(2).to_a, (1..10).minmax, (Time.at(0)..).cover?(Time.at(1)), (1..5).overlap?(5..6), 1.step(by: 2).first(3), (1..3).reverse_each.to_a, (1..2).eql?(1..2), (1..10).bsearch { _1 >= 7 }, [1, 2, 3, 4][1..], [1, 2, 3, 4][..-2], "hello"[1..3], (1.0..2.0).step(0.5).to_a, ((1..3).each_entry.to_a)
begin
  (1..).to_a
rescue RangeError => e
  puts e.message
end
