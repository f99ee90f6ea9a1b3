# Counting words
text = <<~TEXT
  the quick brown fox jumps over the lazy dog
  the dog sleeps
TEXT

text.split.tally.sort_by { |word, count| [-count, word] }.first(3).each do |word, count|
  puts "#{word.ljust(6)}#{"*" * count}"
end
