"""What a profile is made of, and the strict reading of data by it.

Pydantic models (`from_pydantic`) and JSON Schemas (`from_json_schema`) become one thing, a `Record` of the language's
own types; `compose` puts sections beside the core fields; `reading` turns any input into plain values by it.
"""
