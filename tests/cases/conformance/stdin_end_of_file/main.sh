read -r line && echo "$line"
read -r line || echo end
