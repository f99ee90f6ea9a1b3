# Says hello from a fresh sandbox.
name = ARGV.fetch(0, "world")
puts "Hello, #{name}! This is Ruby #{RUBY_VERSION}."
