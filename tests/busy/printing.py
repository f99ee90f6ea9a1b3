while True: print('x' * 4000)
