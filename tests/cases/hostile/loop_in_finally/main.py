def again():
    try:
        while True:
            pass
    except BaseException:
        again()
    finally:
        again()

again()
