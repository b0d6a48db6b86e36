"""Clients that call at a steady rate with tokens that are good, while a test changes things beneath them."""

import collections
import contextlib
import threading

from conftest import Traffic
from gatewright import eventually


class Load:
    """`call(token, traffic)` is the outcome of a request; each that is not `expected` is the test's to know of."""

    CLIENTS, PAUSE = 4, 0.01

    def __init__(self, gateway, call, expected, *tokens):
        self.gateway, self.call, self.expected, self.tokens = gateway, call, expected, tokens
        self.answers, self.failures = collections.Counter(), []
        self.ended, self.locks = threading.Event(), [threading.Lock() for _ in range(self.CLIENTS)]
        self.traffic = [Traffic(gateway) for _ in range(self.CLIENTS)]
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(self.CLIENTS)]

    def run(self, number):
        while not self.ended.wait(self.PAUSE):
            with self.locks[number]:
                try:
                    token = self.tokens[self.requests % len(self.tokens)]
                    self.answers[self.call(token, self.traffic[number])] += 1
                except Exception as error:  # is the test's
                    self.failures.append(error)
                    return

    @property
    def requests(self):
        return sum(list(self.answers.values()))

    def go_on(self, requests=60):
        """Until so many more are answered."""
        before = self.requests
        eventually(lambda: self.failures or self.requests >= before + requests)
        self.check()

    def check(self):
        assert not self.failures and set(self.answers) <= {self.expected}, (self.failures, self.answers)

    def only(self, *tokens):
        """From now on: what is on its way with others has been answered."""
        with self.between_requests():
            self.tokens = tokens

    def pass_time(self, clock, seconds, *tokens):
        """Between requests, since those on their way have deadlines on the same clock; from then on with these tokens."""
        with self.between_requests():
            clock.advance(seconds)
            self.tokens = tokens or self.tokens
            for traffic in self.traffic:
                traffic.pool.clear()

    @contextlib.contextmanager
    def between_requests(self):
        with contextlib.ExitStack() as stack:
            for lock in self.locks:
                stack.enter_context(lock)
            yield

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        if kind is None:
            self.check()
