"""A Python program: 41 calls of one function, 7 collections."""

import gc

import turn


def step():
    pass


def work():
    for _ in range(41):
        step()
    for number in range(7):
        gc.collect(number % 3)


gc.disable()
turn.take(work, comm="python")
