# Hello
name = ARGV.first || "world"
puts "Hello, #{name}!"
