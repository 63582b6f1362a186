"""Drives an SDK from several processes at once; threads of one Python would wait for each other."""

import json
import multiprocessing
import time

WARM_UP = 20


def succeeds(call, *arguments):
    try:
        call(*arguments)
    except Exception:  # each SDK has its own; what failed is told, and not counted as done
        return False
    return True


def client(set_up, address, requests, ready, results):
    try:
        create = set_up(address)
    except Exception:
        ready.abort()  # nobody waits for this one
        raise
    destinations = [f"10.0.{number}.0/24" for number in range(WARM_UP + requests)]
    for destination in destinations[:WARM_UP]:
        succeeds(create, destination)
    ready.wait()
    started = time.perf_counter()
    failed = sum(not succeeds(create, destination) for destination in destinations[WARM_UP:])
    results.put((started, time.perf_counter(), failed))


def measure(set_up, address, clients, requests):
    clients, requests = int(clients), int(requests)
    ready, results = multiprocessing.Barrier(clients), multiprocessing.Queue()
    arguments = (set_up, address, requests, ready, results)
    processes = [multiprocessing.Process(target=client, args=arguments) for _ in range(clients)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode != 0:
            raise SystemExit("a client failed")
    times = [results.get() for _ in processes]
    seconds = max(end for _, end, _ in times) - min(start for start, _, _ in times)
    failed = sum(failed for _, _, failed in times)
    done = clients * requests - failed
    print(json.dumps({"per_second": done / seconds, "requests": done, "failed": failed}))
