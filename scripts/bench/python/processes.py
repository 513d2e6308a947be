"""Several processes that begin at the same moment and share out numbered work between them."""

import multiprocessing
import signal
import sys
import threading
import time

CONTEXT = multiprocessing.get_context("fork")


class Share:
    """What one of the processes sees: the start signal, and the next number that nobody has taken."""

    def __init__(self, count, barrier, counter):
        self._count = count
        self._barrier = barrier
        self._counter = counter

    def wait_for_start(self):
        """Gives the moment (time.monotonic)."""
        self._barrier.wait(60)
        return time.monotonic()

    def numbers(self):
        while True:
            with self._counter.get_lock():
                number = self._counter.value
                self._counter.value = number + 1
            if number >= self._count:
                return
            yield number


    def give_up(self):
        self._barrier.abort()


def _run(work, share, results):
    try:
        for value in work(share):
            results.put(("result", value))
    except threading.BrokenBarrierError:
        pass  # another gave up, and says why
    except BaseException as error:  # the parent must hear of everything, or it waits for ever
        results.put(("error", f"{type(error).__name__}: {error}"))
        share.give_up()


def run_together(processes, count, work):
    """
    Runs the generator `work(share)` in so many processes. Each yields its one result as soon as it has it and tidies up
    afterwards. Gives the results and a function that waits for the tidying up.
    """
    share = Share(count, CONTEXT.Barrier(processes), CONTEXT.Value("l", 0))
    results = CONTEXT.SimpleQueue()
    children = [CONTEXT.Process(target=_run, args=(work, share, results), daemon=True) for _ in range(processes)]
    for child in children:
        child.start()
    # Whoever stops this process means the others too: they end with it, as daemons do when it ends by itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    answers = []
    while len(answers) < processes:
        kind, value = results.get()
        if kind == "error":
            raise SystemExit(value)
        answers.append(value)

    def finish():
        for child in children:
            child.join(10)

    return answers, finish
