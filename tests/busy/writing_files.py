n = 0
while True:
    open(f'f{n % 99}', 'w').write('x' * 9999)
    n += 1
