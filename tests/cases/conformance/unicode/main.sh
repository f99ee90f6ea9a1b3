printf 'Grüße, 世界 🌍 e\u0301\n'
text='世界 🌍!'
echo ${#text}
echo صباح
