"""Logs the cases of tests/conformance, one JSON object a line, with Python's API."""

import json
import os
import sys
from typing import Any

import logrtc


def value(of_case: Any) -> Any:
    """The value as a Python program has it."""
    match of_case:
        case {"$integer": digits}:
            return int(digits)
        case {"$float": digits}:
            return float(digits)
        case _:
            return of_case


def log(producer: logrtc.Producer, case: dict[str, Any]) -> None:
    if "send" in case:
        producer.send(case["send"])
        return
    fields = case.get("fields")
    if fields is not None:
        fields = {key: value(each) for key, each in fields.items()}
    method = getattr(producer, case["level"].lower())
    method(case["target"], case["message"], fields, case.get("span"))


def main() -> None:
    max_entry_bytes = int(os.environ["MAX_ENTRY_BYTES"])
    producer = logrtc.connect(client_id="conformance", max_entry_bytes=max_entry_bytes, ice_servers=[])
    logged = 0
    while (line := sys.stdin.readline()) != "end\n":
        log(producer, json.loads(line))
        logged += 1
    print(f"logged {logged}", flush=True)
    sys.stdin.read()
    producer.close(5)


if __name__ == "__main__":
    main()
