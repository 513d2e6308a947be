"""Writes files one after the other in several processes, each file and its directory synced, and prints the seconds it took.

    disk.py FOLDER BYTES COUNT WRITERS
"""

import os
import sys
import time

from processes import run_together


def worker(folder, content):
    def work(share):
        directory = os.open(folder, os.O_RDONLY)
        began = share.wait_for_start()
        for number in share.numbers():
            file = os.open(os.path.join(folder, str(number)), os.O_WRONLY | os.O_CREAT | os.O_EXCL)
            os.write(file, content)
            os.fsync(file)
            os.close(file)
            os.fsync(directory)
        yield began, time.monotonic()

    return work


def main():
    folder, size, count, writers = sys.argv[1], *map(int, sys.argv[2:5])
    results, finish = run_together(writers, count, worker(folder, os.urandom(size)))
    print(max(ended for _, ended in results) - min(began for began, _ in results))
    finish()


main()
