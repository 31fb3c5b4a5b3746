"""The methods: each takes the parameters and the call. What one returns, or the RpcError that it raises, is the response."""

import math
import sys

MOST_STEPS = 2**31 - 1
LONGEST_DELAY = 1_000_000_000  # milliseconds

DEVICES = {"acme:ann": ["SN-1001", "SN-1002"], "acme:bob": ["SN-2001"]}


class RpcError(Exception):
    """A failure that the caller is told."""

    def __init__(self, code, message, data=None):
        super().__init__(message)
        self.error = {"code": code, "message": message}
        if data is not None:
            self.error["data"] = data


def check(condition, message):
    if not condition:
        raise RpcError(-32602, message)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def total(params, call):
    check(isinstance(params, list) and all(map(is_number, params)), "sum takes an array of numbers")
    try:
        result = float(math.fsum(params)) if any(isinstance(term, float) for term in params) else sum(params)
    except OverflowError:
        result = math.inf
    check(abs(result) <= sys.float_info.max, "the sum is too large")  # JSON has no infinite number
    return result


def slow(params, call):
    usage = "slow takes {steps, delay}, delay in milliseconds"
    check(params is None or isinstance(params, dict), usage)
    steps, delay = (params or {}).get("steps", 5), (params or {}).get("delay", 500)
    check(type(steps) is int and 0 <= steps <= MOST_STEPS and is_number(delay) and 0 <= delay <= LONGEST_DELAY, usage)
    for step in range(1, steps + 1):
        call.sleep(delay / 1000)
        call.progress(step)
    return steps


def fail(params, call):
    check(params is None or isinstance(params, dict), "fail takes {code, message, data}")
    params = params or {}
    code, message = params.get("code", 1), params.get("message", "failed on request")
    check(type(code) is int and isinstance(message, str), "fail takes {code, message, data}")
    raise RpcError(code, message, params.get("data"))


METHODS = {
    "echo": lambda params, call: params,
    "sum": total,
    "slow": slow,
    "fail": fail,
    "devices.list": lambda params, call: DEVICES.get(call.user, []),
}
